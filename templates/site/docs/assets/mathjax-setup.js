// A display that is a little wider than the column is set smaller, down to four fifths; a wider one scrolls.
const SMALLEST = 16; // twentieths
function fitDisplays() {
  for (const display of document.querySelectorAll(".md-content div.arithmatex")) {
    display.style.fontSize = "";
    // Step by step: the width goes with the height of an x, which browsers round to whole pixels.
    for (let size = 19; size >= SMALLEST && display.scrollWidth > display.clientWidth; size--) {
      display.style.fontSize = `${size / 20}em`;
    }
  }
}
addEventListener("resize", fitDisplays);

window.MathJax = {
  loader: { load: ["ui/safe"] },
  // The page and its table of contents; titles in the navigation are plain text.
  startup: {
    elements: [".md-content", ".md-nav--secondary"],
    pageReady: () => MathJax.startup.defaultPageReady().then(fitDisplays),
  },
  tex: {
    inlineMath: [["\\(", "\\)"]],
    displayMath: [["\\[", "\\]"]],
    processEscapes: true,
  },
  options: {
    ignoreHtmlClass: ".*|",
    processHtmlClass: "arithmatex|md-ellipsis",
    enableMenu: false,
  },
  chtml: { displayAlign: "left" },
  svg: { displayAlign: "left", fontCache: "global" },
};
