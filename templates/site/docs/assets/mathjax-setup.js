window.MathJax = {
  loader: { load: ["ui/safe"] },
  // The page and its table of contents; titles in the navigation are plain text.
  startup: { elements: [".md-content", ".md-nav--secondary"] },
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
