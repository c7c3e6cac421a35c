// Finds code that can put a value into the storage of a browser.
import ts from 'typescript';

/** Names of storages that outlive a page or that other pages read, and the method with which the Genesys SDK stores its token. */
const NAMES = new Set([
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'cookieStore',
  'caches',
  'openDatabase',
  'getDirectory',
  'setPersistSettings',
]);

/** The objects whose property `cookie` is a storage. */
const DOCUMENT = /(^|\.)document$/;

/**
 * @param {string} code JavaScript, JSX or TypeScript.
 * @param {string} path Its name tells the language.
 * @returns {{ api: string, line: number }[]} Every use, also by a computed name such as `window['localStorage']`.
 */
export function findWebStorage(code, path) {
  const kind = /\.tsx?$/.test(path) ? ts.ScriptKind.TSX : ts.ScriptKind.JSX;
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, false, kind);
  const found = [];
  const add = (api, node) => {
    found.push({ api, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
  };
  const visit = (node) => {
    // A type such as `{ localStorage?: Storage }` stores nothing.
    if (ts.isTypeNode(node)) return;
    if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && NAMES.has(node.text)) add(node.text, node);
    if (isCookie(node, file)) add('document.cookie', node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** `document.cookie`, `window.document['cookie']`, or `{ cookie } = document`. */
function isCookie(node, file) {
  const isDocument = (expression) => expression !== undefined && DOCUMENT.test(expression.getText(file));
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'cookie' && isDocument(node.expression);
  if (ts.isElementAccessExpression(node))
    return (
      ts.isStringLiteralLike(node.argumentExpression) &&
      node.argumentExpression.text === 'cookie' &&
      isDocument(node.expression)
    );
  return (
    ts.isVariableDeclaration(node) &&
    isDocument(node.initializer) &&
    ts.isObjectBindingPattern(node.name) &&
    node.name.elements.some(({ name, propertyName }) => (propertyName ?? name).getText(file) === 'cookie')
  );
}
