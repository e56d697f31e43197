// A drawing that is shown smaller than it was drawn, or is cut, opens in a window of its own at a press.
const [ENLARGE, CLOSE] = ["Enlarge the drawing", "Close"];

function offerWhole() {
  for (const figure of document.querySelectorAll(".md-content .solver-figure")) {
    const svg = figure.querySelector("svg");
    const isSmall = svg.getBoundingClientRect().width < 0.9 * svg.viewBox.baseVal.width;
    const offered = figure.nextElementSibling?.matches(".solver-enlarge") ? figure.nextElementSibling : null;
    if (offered) offered.hidden = !isSmall;
    else if (isSmall) figure.after(button(ENLARGE, "solver-enlarge", () => showWhole(figure)));
  }
}

function showWhole(figure) {
  const dialog = document.createElement("dialog");
  dialog.className = "solver-whole";
  dialog.setAttribute("aria-label", figure.querySelector("svg").getAttribute("aria-label"));
  dialog.append(button(CLOSE, "solver-close", () => dialog.close()), figure.cloneNode(true));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function button(words, name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

addEventListener("load", offerWhole);
addEventListener("resize", offerWhole);
