"use strict";

// The terminal measures its letters once, when textual-serve's script starts: the fonts first.
const begin = window.onload;
window.onload = async (event) => {
  document.querySelector("#again").addEventListener("click", () => window.location.reload());
  const fonts = ["16px", "bold 16px", "italic 16px"].map((style) =>
    document.fonts.load(`${style} "Roboto Mono"`),
  );
  const patience = new Promise((resolve) => setTimeout(resolve, 3000));
  await Promise.race([Promise.allSettled(fonts), patience]);
  begin(event);
};

// Keys go to the terminal from the start, without a click: once somebody listens to them.
const body = new MutationObserver(() => {
  if (document.body.classList.contains("-loaded")) {
    body.disconnect();
    document.querySelector("#terminal textarea").focus();
  }
});
document.addEventListener("DOMContentLoaded", () => {
  body.observe(document.body, { attributeFilter: ["class"] });
});

// Left to the browser, Ctrl+V pastes; the terminal would make a control character of it.
for (const kind of ["keydown", "keypress"]) {
  window.addEventListener(
    kind,
    (event) => {
      const isPaste = event.ctrlKey && !event.altKey && event.key.toLowerCase() === "v";
      if (isPaste) event.stopImmediatePropagation();
    },
    { capture: true },
  );
}
