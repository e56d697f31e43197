// A deck: formulas typeset once, each line of a chain a fragment, a slide that is too full made smaller, then reveal.js.
(() => {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search).get("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const use = (theme) => root.setAttribute("data-theme", theme);
  use(asked || (dark.matches ? "dark" : "light"));
  const change = () => use(root.getAttribute("data-theme") === "dark" ? "light" : "dark");

  const ROW = 'svg g[data-mml-node="mtr"], svg g[data-mml-node="mlabeledtr"]';

  // The rows of a chain's formula: `data-rows` says how many each line has. All but a slide's first line are fragments.
  const stepwise = (slide) => {
    let line = 0;
    for (const chain of slide.querySelectorAll(".chain")) {
      const rows = [...chain.querySelectorAll(ROW)].filter((row) => !row.querySelector(ROW));
      for (const count of chain.dataset.rows.split(" ").map(Number)) {
        const own = rows.length ? rows.splice(0, count) : [chain];
        if (line > 0) {
          for (const row of own) {
            row.classList.add("fragment");
            row.setAttribute("data-fragment-index", line - 1);
          }
        }
        line += 1;
      }
    }
  };

  // A slide that is fuller than the screen, because of a long statement for one, is set in smaller type.
  const fit = (slide) => {
    const body = slide.querySelector(".body");
    const tooBig = () => slide.scrollHeight > slide.clientHeight + 1 || body.scrollWidth > body.clientWidth + 1;
    for (let size = parseInt(body?.style.fontSize || "100", 10); body && tooBig() && size > 50; size -= 5) {
      body.style.fontSize = `${size - 5}%`;
    }
  };

  // Lines of a display as far apart as on a board.
  const airy = (node) => {
    if (node.isKind("mtable")) node.attributes.set("rowspacing", "0.35em");
  };

  const begin = () => {
    const slides = [...document.querySelectorAll(".slides > section")];
    slides.forEach(stepwise);
    slides.forEach(fit);
    document.body.classList.remove("typesetting");
    Reveal.initialize({
      width: 1280,
      height: 720,
      margin: 0,
      center: false,
      hash: true,
      transition: "none",
      slideNumber: "c/t",
      pdfSeparateFragments: false,
      plugins: [RevealNotes],
      keyboard: { 84: change },
    });
  };

  window.MathJax = {
    loader: { load: ["ui/safe"] },
    tex: { inlineMath: [["\\(", "\\)"]], displayMath: [["\\[", "\\]"]], processEscapes: false },
    options: { enableMenu: false, ignoreHtmlClass: ".*|", processHtmlClass: "math" },
    svg: { displayAlign: "left", fontCache: "global" },
    startup: {
      elements: [".slides"],
      ready: () => {
        MathJax.startup.defaultReady();
        MathJax.startup.input[0].postFilters.add(({ data }) => data.root.walkTree(airy));
      },
      pageReady: () => MathJax.startup.defaultPageReady().then(begin),
    },
  };
})();
