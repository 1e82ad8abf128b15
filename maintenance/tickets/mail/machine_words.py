"""By which words and signs a machine's mail is known, in the languages of the region and of makers. Pure."""

import re

# A header of one of these names, whatever it holds but a no. Lists: RFC 2369 and 2919; the rest is custom.
MARKS = re.compile(
    r"x-(mail-)?auto-?(re(ply|spon)|generat).*|x-((rt|otrs|znuny|zammad|glpi)-)?loop.*|x-vacation.*"
    r"|x-failed-recipients|x-ms-exchange-(message-is-ndr|inbox-rules-loop|generated-message-source)"
    r"|x-fc-machinegenerated|x-cron-env|list-(id|help|post|owner|unsubscribe)",
    re.IGNORECASE,
)
NO = ("", "no", "none", "false", "0", "null")
PRECEDENCE = re.compile(r"auto[-_]?reply|bulk|junk|list")
DAEMONS = re.compile(
    r"(mailer-daemon|postmaster|mail[-_]?daemon|microsoftexchange[0-9a-f]+)([+.@]|$)"
)
NOBODY = re.compile(
    r"(^|[-_.+@ ])((no|do?[-_.]?not|dont)[-_.]?(reply|respond|answer)|nichtantworten|nicht[-_.]antworten"
    r"|keine[-_.]?antwort|noresponder|no[-_.]responder|ne[-_.]?pas[-_.]?repondre|nao[-_.]?responda"
    r"|non[-_.]?rispondere|auto[-_.]?(respond|reply|responder|mailer|notification))"
    r"|^bounces?([-_.+@]|$)|^nobody([-_.+@]|$)"
    r"|^(root|daemon|cron|www-data|notifications?|alerts?|robot|bot|automated|unattended|system)@"
)
# What a mail program puts before a subject when a person answers or hands on.
ANSWERED = re.compile(
    r"(re|aw|antw(ort)?|fwd?|wg|sv|vs|odp|ynt|ilt|ref|rif|tr|res|rv|enc|отв(ет)?|на|пер(есл)?|hа|پاسخ|رد|جواب"
    r"|回复|答复|转发|回覆|返信)(\s*\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
AWAY = re.compile(
    r"auto(matic|mated|matisch\w*|matisk\w*|matická|mated)?[-_ ]?(re(ply|sponse|spond\w*)|antwort|antwoord|"
    r"svar|odpověď"
    r"|mail)\b|auto:|\bautosvar|out[- ]of[- ](the[- ])?office(?! hours)|\booo\b|i am away|away from|on vacation"
    r"|\bvacation|\bon (annual |sick |parental )?(leave|holidays?)\b|annual leave|abwesen"
    r"|nicht im (büro|haus)|außer haus|ausser haus|urlaub|réponse automatique|^absen(ce|t)\b(?! of)"
    r"|message d['’]absence|je suis absent|\ben congé|\bcongés?\b|hors du bureau"
    r"|respuesta autom[aá]tica|vacaciones|fuera de la oficina|risposta automatica|fuori (sede|ufficio)"
    r"|resposta automática|ausência|\bférias\b|\bassenza\b|mimo kancelář|fora do escritório|afwezig"
    r"|frånvaro|fravær|poissa|automaattinen"
    r"|odpowiedź automatyczna|automatikus válasz|răspuns automat|αυτόματη απάντηση|автоответ"
    r"|^отсутствие\b|отсутствие на|нет на месте|в отпуске|^отпуск|вне офиса"
    r"|автоматическое (уведомление|сообщение)"
    r"|автоматический ответ|автоматична відповідь|(otomatik|avtomatik) (yan[ıi]t|cevap|javob)"
    r"|ofis d[ıi][şs][ıi]nda|yıllık izin|\bizinde(yim)?\b|(balasan|jawaban) otomatis|自動(応答|返信|回覆)"
    r"|不在通知|自动(回复|答复)|不在办公室|자동 ?(회신|응답)|부재중|(ال)?رد (ال)?(تلقائي|آلي)|في إجازة|خارج المكتب"
    r"|پاسخ[ \u200c]?(خودکار|اتومات)|مرخصی|دفتر نیستم"
    r"|جواب خودکار|خارج از دفتر|תשובה אוטומטית|מענה אוטומטי|स्वचालित उत्तर|स्वतः जवाब",
    re.IGNORECASE,
)
# A receipt: it was delivered, shown or thrown away, and nobody has answered.
RECEIPT = re.compile(
    r"(read( receipt)?|not read|return receipt|disposition notification|delivered|relayed|(nicht )?gelesen"
    r"|(non )?lu|leído|letto|lida|okundu|прочтено|прочитано|خوانده شد|تم القراءة)\b[^:]{0,20}:"
    r"|(read|return) receipt\b",
    re.IGNORECASE,
)
_CASE = (
    r"(ticket|case|request|enquiry|inquiry|call|incident|issue|message|e-?mail|anfrage|anliegen|vorgang"
    r"|demande|solicitud|caso|richiesta|обращение|заявка|запрос|talebiniz|kaydınız|درخواست|تیکت)"
)
_IS_OPEN = (
    r"(received|created|opened|registered|logged|updated|acknowledg\w+|eröffnet|eingegangen|erstellt|reçue?"
    r"|créée?|recibid[oa]|cread[oa]|ricevut[oa]|зарегистрирован\w*|принят\w*|alındı|oluşturuldu|ثبت شد|دریافت شد)"
)
# What a vendor's ticket system, or a filter that asks who is there, puts before our own subject.
OPENED = re.compile(
    rf"{_CASE}\b.{{0,40}}\b{_IS_OPEN}|\b(has|have) been {_IS_OPEN}|\bwe( have)? received\b|^{_IS_OPEN}\W*$"
    rf"|\bnew (ticket|case)\b|thank you for (contacting|your (e-?mail|message|request))|^(order )?confirmation:"
    r"|^acknowledge?ment|accusé de réception|(empfangs|eingangs)bestätigung|^\W*confirm\b|requires verification"
    r"|(please )?confirm your (message|e-?mail)|verify your (message|e-?mail)|moderator approval",
    re.IGNORECASE,
)
# The same behind our own subject.
AT_END = re.compile(
    rf"\s[-–—(]\s*(auto(matic|mated)?[- ]?(reply|response|antwort)|out of (the )?office)\W*$"
    rf"|(\s[-–—(]|:)\s*((we have )?received( your \w+)?|{_CASE} (has been )?{_IS_OPEN}|we have received your \w+)\W*$",
    re.IGNORECASE,
)
# A machine that says of itself that it is one.
DECLARED = re.compile(
    r"(?<![:,]\s)\b(this|the following) is an? (auto(matic|mated|-?generated)|system[- ]generated)"
    r"|this (\S+ ){1,3}(auto(matic(ally)?)?|system)[- ]generated"
    r"|dies ist eine automatisch|(e-?mail|nachricht|antwort) (\w+ ){0,2}automatisch"
    r"|automatische (antwort|nachricht|e-?mail)|(réponse|message|courriel) automatique"
    r"|(mensaje|respuesta) automátic|(messaggio|risposta) automatic"
    r"|\bbu (\S+ ){0,3}otomatik\w* (\S+ )?(e-?posta|mesaj|ileti|yanıt|cevap|olarak)"
    r"|(پیام|ایمیل|پاسخ) (\S+ ){0,3}(خودکار|اتومات)|это автоматическ"
    r"|(сообщение|письмо) (\S+ ){0,3}автоматически|автоматическое (сообщение|уведомление|письмо)"
    r"|رسالة (آلية|تلقائية)"
    r"|\byour (request|case|ticket|message|e-?mail|enquiry|inquiry)\b[^.\n]{0,40} has been (received|registered|logged"
    r"|created|opened)|\bihre (anfrage|nachricht|e-?mail)\b[^.\n]{0,60} (registriert|eingegangen|erfasst)"
    r"|do not reply to this|antworten sie nicht auf diese|ne pas répondre à ce|不要(直接)?回复(此|本)",
    re.IGNORECASE,
)
# A person's note, which a machine sends: I am away, and until when.
_AWAY_NOTE = (
    r"\bi(['’]m| am| will be) ([a-z]+ )?(out of (the )?office|away(?= (until|till|on |from \d))|on (\w+ )?(leave|vacation|holidays?))"
    r"|\b(bin|werde|befinde mich)\b.{0,60}(nicht im (büro|haus)|außer haus|urlaub|abwesend|nicht erreichbar)"
    r"|je (suis|serai) .{0,30}(absente?\b|en congé|en vacances)|ofis dışında|izinde(yim)?\b"
    r"|در مرخصی|خارج از دفتر|estoy (fuera de la oficina|de vacaciones)|в отпуске|буду отсутствовать|отсутствую|في إجازة|خارج المكتب"
)
_UNTIL = (
    r"until|till\b|return|back\b|through|from \d|bis\b|zurück|wieder|hasta|jusqu|retour|kadar|döne|tarih|تا\b|باز|الى"
    r"|إلى|حتى|\bдо\b|\bпо\b|верн"
)
NOTE, UNTIL = re.compile(_AWAY_NOTE, re.I | re.S), re.compile(_UNTIL, re.I)
RETURNED = re.compile(
    r"undeliver\w*( mail)?\b|un?deliverable|failure notice|(mail )?deliver\w* (\w+ )?(failed|failure|has failed)"
    r"|mail delivery (failed|system|subsystem)|delivery status notification|delivery (incomplete|problem|error)"
    r"|returned mail|mail returned|message (not|could not be) delivered|could not be delivered|non[- ]deliver"
    r"|warning: (could not send|message)|unzustellbar"
    r"|(nachricht )?(konnte )?nicht (zustellbar|zugestellt)|zustellung fehlgeschlagen"
    r"|message you sent (was )?blocked|non remis|échec d|no se puede entregar"
    r"|no entregado|non recapitabile|mancato recapito|não é possível entregar|não entregue|onbestelbaar"
    r"|olevererat|kan inte levereras|kunne ikke leveres|niedostarczaln|nedoručiteln|не удается доставить"
    r"|не удалось доставить|не доставлено|недоставлен|teslim edilemedi|未送达|无法(传递|投递)|系统退信|退信|配信不能|配信できません"
    r"|배달되지|تعذر التسليم|غير قابل للتسليم|تحویل نشد|تحویل داده نشد|ناموفق",
    re.IGNORECASE,
)
LATE = re.compile(
    r"\(delay\)|delay(ed)?\b|delivery incomplete|not yet been delivered|still being retried|will (be )?retr(y|ied)"
    r"|will keep trying|continue trying|temporary problem|could not send message for past|verzögert|retardé"
    r"|retrasado|ritardat|atrasad|vertraagd|отложен|задерж|延迟|遅延|تاخیر|تأخیر|تأخر",
    re.IGNORECASE,
)
ARRIVED = re.compile(
    r"success|relayed:|delivered:|delivery receipt|read:|not read:|gelesen:|lu :", re.IGNORECASE
)
REASON = re.compile(
    r"\b5\d\d[ -]|\b[45]\.\d+\.\d+|no such|unknown|n[o’']?t (be )?found|does ?n.t exist|not exist|rejected"
    r"|denied|quota|full\b|disabled|invalid|blocked|unbekannt|inconnu",
    re.IGNORECASE,
)
GIVEN_UP = re.compile(r"permanent|gave up|giv(en|ing) up|no (further|more) attempt", re.IGNORECASE)
# Where a mail program quotes what was answered.
QUOTED = re.compile(
    r"^(>|-{3,} ?\w|_{10,}|(From|Von|De|От|Kimden|فرستنده|از): |On .{1,80} wrote:|Am .{1,80} schrieb)",
    re.MULTILINE,
)
