/**
 * Writes into the document only what differs, so that a screen reader and a text selection are left in
 * peace. Everything is set as text: names, paths and messages come from outside.
 */

/** Makes an element say `text`. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute that differs. */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Links to where the service said; what is no web address is not followed. Returns whether it is a link. */
export function setLink(anchor, url) {
  const isLink = url !== null && /^https?:\/\//.test(url);
  if (isLink) setAttribute(anchor, "href", url);
  else anchor.removeAttribute("href");
  return isLink;
}

/** Makes the children of `list` say `texts`, keeping those that do already. */
export function writeList(list, texts, decorate = () => {}) {
  fitChildren(list, texts.length, () => document.createElement("li"));
  texts.forEach((text, index) => {
    write(list.children[index], text);
    decorate(list.children[index], index);
  });
}

/** Makes a `dl` say the facts: one `div` of name and value for each. */
export function writeFacts(list, facts) {
  fitChildren(list, facts.length, () => {
    const item = document.createElement("div");
    item.append(document.createElement("dt"), document.createElement("dd"));
    return item;
  });
  facts.forEach(([name, value], index) => {
    list.children[index].dataset.fact = name;
    write(list.children[index].firstElementChild, name);
    write(list.children[index].lastElementChild, value);
  });
}

/** Gives `list` as many children as wanted, keeping those that are there. */
export function fitChildren(list, count, create) {
  list.hidden = count === 0;
  while (list.children.length > count) list.lastElementChild.remove();
  while (list.children.length < count) list.append(create());
}

/** Copies an element's text; the clipboard API exists only on https and localhost, not on a set's network. */
export async function copy(source, button) {
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    getSelection().selectAllChildren(source);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => button.textContent = "Copy", 1500);
}
