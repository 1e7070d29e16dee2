// Text: everything that came from a file passes `shown`, and reaches the page through textContent or fillText only.

// Marks that would reorder, hide or break the text around them are written out, so that they can be seen.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escaped = (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
const shown = (text) => String(text).replace(UNSEEN, escaped).replace(LONE, escaped);

const count = (number) => number.toLocaleString('en-US');
const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)}%` : '0.0%');
const clip = (text, most) => (text.length <= most ? text : `${Array.from(text).slice(0, most - 1).join('')}…`);

const minus = (number) => String(number).replace('-', '−');

const byId = (id) => document.getElementById(id);

// An element with attributes, listeners (`onclick: ...`) and children; strings become text, never markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || (value === false && !name.startsWith('aria-'))) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : value); // aria-checked is "true"
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let lastSaid = '';
// Says a sentence to screen readers.
function say(text) {
  if (text === lastSaid) return;
  lastSaid = text;
  byId('live').textContent = text;
}
