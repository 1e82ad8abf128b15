"""How the page of the round looks: a line a number, the count at the bottom always in sight."""

STYLE = """<style>
body { padding-bottom: 4.5rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; margin: 0 0 1rem; }
nav a, section a { color: inherit; }
h2 { border-bottom: 2px solid #0f6674; padding-bottom: 0.2rem; }
h3 { font-size: 1.05rem; margin: 1rem 0 0.3rem; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin: 0 0 0.5rem; }
.tools label.photo { font-weight: 400; text-decoration: underline; margin: 0; padding: 0.4rem 0; }
.photo input { position: absolute; width: 1px; height: 1px; opacity: 0; }
.photo:focus-within { outline: 2px solid #0f6674; }
.hint { margin: 0 0 0.3rem; opacity: 0.8; font-size: 0.9rem; }
.line { border-top: 1px solid #8a99a366; padding: 0.6rem 0; }
.line > label { margin: 0; }
.entry { display: flex; gap: 0.5rem; }
.entry > input, .entry > .value { flex: 1 1 9rem; margin: 0; min-width: 0; }
select.skip { width: 6.4rem; flex: none; margin: 0; padding: 0.5rem 0.4rem; font-size: 0.9rem; }
.tools select.skip { width: 100%; }
.state { margin: 0.3rem 0 0; font-size: 0.92rem; }
.state:empty { display: none; }
.state.out, .state.asked, .state.bad { font-weight: 650; }
.state.out, #outside li { border-inline-start: 0.3rem solid #b3142b; padding-inline-start: 0.5rem; }
.state.asked, .state.bad { border-inline-start: 0.3rem solid #c77700; padding-inline-start: 0.5rem; }
.sure { display: flex; gap: 0.6rem; align-items: center; font-weight: 400; padding: 0.4rem 0; }
.sure[hidden], .stay[hidden] { display: none; }
.sure input { width: 1.3rem; height: 1.3rem; }
.stay { padding: 0.6rem 0.8rem; border: 1px solid #c77700; border-radius: 0.5rem; }
#outside { list-style: none; padding: 0; }
#outside li { margin: 0 0 0.8rem; }
footer { position: fixed; inset-inline: 0; bottom: 0; padding: 0.6rem 1.1rem; background: #0f6674; color: #fff; }
footer.waits { background: #8a5200; }
footer p { max-width: 34rem; margin: 0 auto; font-weight: 650; }
footer a { color: inherit; }
</style>"""
