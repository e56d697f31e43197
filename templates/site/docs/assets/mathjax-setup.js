// On a narrow screen a display that is too wide is broken at its relations, and a reason stands under its line; one
// that is still a little too wide is set smaller, down to four fifths, on every screen; a wider one scrolls.
const SMALLEST = 16; // twentieths
const NARROW = matchMedia("(max-width: 44.9375em)");
const LETTERS = 34; // of a member that a narrow screen has room for

async function fitDisplays() {
  const displays = [...document.querySelectorAll(".md-content div.arithmatex")];
  for (const display of displays) display.style.fontSize = "";
  const forms = new Map();
  for (const display of displays) {
    const whole = display.dataset.tex;
    if (whole && !NARROW.matches) {
      forms.set(display, whole);
      delete display.dataset.tex;
    } else if (!whole && NARROW.matches && isTooWide(display)) {
      const [item] = MathJax.startup.document.getMathItemsWithin(display);
      if (!item) continue;
      display.dataset.tex = item.math;
      forms.set(display, narrowForm(item.math));
    }
  }
  if (forms.size) {
    MathJax.typesetClear([...forms.keys()]);
    for (const [display, tex] of forms) display.textContent = `\\[${tex}\\]`;
    await MathJax.typesetPromise([...forms.keys()]);
  }
  for (const display of displays) {
    // Step by step: the width goes with the height of an x, which browsers round to whole pixels.
    for (let size = 19; size >= SMALLEST && isTooWide(display); size--) display.style.fontSize = `${size / 20}em`;
  }
}

function isTooWide(display) {
  return display.scrollWidth > display.clientWidth;
}

// The TeX of a display with a row for each member, and for each reason below its member.
function narrowForm(tex) {
  const [, whole, tag] = tex.match(/^([^]*?)(\s*\\tag\{\d+\}\s*)?$/);
  const inside = whole.trim().match(/^\\begin\{aligned\}([^]*)\\end\{aligned\}$/)?.[1] ?? whole;
  const rows = [];
  for (const row of parts(inside, ["\\\\"])) {
    const [first, second, , reason] = parts(row.replace(/^\\\\/, ""), ["&"]).map((cell) => cell.replace(/^&/, ""));
    let left = second === undefined ? parts(first, RELATIONS)[0] : first;
    for (const member of parts(second ?? first.slice(left.length), RELATIONS).filter((part) => part.trim())) {
      const opened = letters(member) > LETTERS ? member.replace(/\\left([[(])/g, "\\Bigl$1").replace(/\\right([\])])/g, "\\Bigr$1") : member;
      for (const [place, piece] of short(opened).entries()) {
        rows.push(`${left} &${place ? "\\quad {}" : ""}${piece}`);
        left = "";
      }
    }
    if (reason?.trim()) rows.push(`&\\quad {\\small ${reason}}`);
  }
  return `\\begin{aligned}${rows.join(" \\\\ ")}\\end{aligned}${tag ?? ""}`;
}

const RELATIONS = ["=", "\\approx"];

const BREAKS = [[["+", "-"], 0], [["\\cdot", "\\circ"], 0], [["+", "-"], 1], [["\\cdot", "\\circ"], 1], [["+", "-"], 2]];

// A member in pieces, each as long as a row has room for: its terms, of a long term the factors, then inside brackets.
function short(member, breaks = BREAKS) {
  if (!breaks.length || letters(member) <= LETTERS) return [member];
  const [[signs, inside], ...further] = breaks;
  const found = [];
  for (const piece of parts(member, signs, inside)) {
    const last = found[found.length - 1];
    // A sign stands in front, or a 1 from which something is taken: (1 - p).
    const isBare = last !== undefined && /(^\s*(=|\\approx|\\quad \{\})?|[(\[]\s*(=|\\approx|\\quad \{\}|1)?)\s*$/.test(last);
    if (isBare || (last !== undefined && letters(last + piece) <= LETTERS)) found[found.length - 1] += piece;
    else found.push(piece);
  }
  return found.flatMap((piece) => short(piece, further));
}

function letters(tex) {
  const seen = tex.replace(/\\(frac|left|right|text|operatorname)(?![a-z])/gi, "").replace(/\\[a-z]+/gi, "x");
  return seen.replace(/[{}\s_^]/g, "").length;
}

// TeX cut before each mark that stands in no braces, in no environment, and in no more than so many round brackets.
function parts(tex, marks, inside = 0) {
  const found = [""];
  let depth = 0;
  let brackets = 0;
  for (const [token] of tex.matchAll(/\\(?:begin|end)\{\w+\}|\\(?:left|right)(?![a-z])\\?.|\\[a-z]+|\\[^]|[^]/gi)) {
    if (depth === 0 && brackets <= inside && marks.includes(token)) found.push("");
    if (/^(\\begin|\\left(?![a-z])|\{$)/.test(token)) depth++;
    if (/^(\\end|\\right(?![a-z])|\}$)/.test(token)) depth--;
    if (token === "(") brackets++;
    if (token === ")") brackets--;
    found[found.length - 1] += token;
  }
  return found;
}

// No full stop or comma begins a line because the formula before it ends one.
function keepPunctuation() {
  for (const formula of document.querySelectorAll(".md-content span.arithmatex")) {
    const after = formula.nextSibling;
    const [mark] = (after?.nodeType === Node.TEXT_NODE && after.data.match(/^[.,;:)?]+/)) || [];
    if (!mark) continue;
    after.data = after.data.slice(mark.length);
    formula.append(mark);
  }
}

addEventListener("resize", fitDisplays);

window.MathJax = {
  loader: { load: ["ui/safe"] },
  // The page and its table of contents; titles in the navigation are plain text.
  startup: {
    elements: [".md-content", ".md-nav--secondary"],
    pageReady: () => MathJax.startup.defaultPageReady().then(keepPunctuation).then(fitDisplays),
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
