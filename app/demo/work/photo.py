"""A photo as a technician's telephone would send it, drawn: a panel with a display and a lamp."""

from io import BytesIO

SIZE = 640, 480


def photo(words: str) -> bytes:
    """A JPEG, the same for the same words."""
    from PIL import Image, ImageDraw, ImageFont  # takes long to import

    picture = Image.new("RGB", SIZE, (188, 190, 186))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 70, 580, 410), fill=(226, 228, 224), outline=(120, 122, 118), width=4)
    draw.rectangle((110, 130, 530, 270), fill=(24, 44, 38), outline=(70, 72, 70), width=6)
    draw.multiline_text((130, 160), words, fill=(126, 231, 135), font=ImageFont.load_default(30))
    draw.ellipse((130, 310, 180, 360), fill=(200, 60, 44), outline=(90, 30, 24), width=4)
    draw.rectangle((420, 315, 520, 355), fill=(70, 72, 76))
    file = BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()
