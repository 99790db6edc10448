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

// Left to the browser, Ctrl+V pastes; the terminal would make a control character of it.
const pastes = (event) =>
  event.ctrlKey && !event.altKey && !event.metaKey && event.key.toLowerCase() === "v";
for (const kind of ["keydown", "keypress"]) {
  window.addEventListener(
    kind,
    (event) => {
      if (pastes(event)) event.stopImmediatePropagation();
    },
    { capture: true },
  );
}
