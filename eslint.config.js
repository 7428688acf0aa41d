import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";

// Names that a browser has in every script and that somebody who writes them almost always means
// as a variable of their own.
const MISTAKEN = ["close", "event", "find", "length", "name", "open", "parent", "status", "top"];

// A card's text is anybody's: what comes into the page goes through views/kit/markup.js, which escapes.
const READ_AS_HTML = [
  ...["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc", "setHTMLUnsafe"],
  ...["createContextualFragment", "parseFromString", "parseHTMLUnsafe"],
].map((property) => ({ property, message: "Write it with html and fill of views/kit/markup.js." }));
const TAG = String.raw`/<[a-z/]/`;
const QUOTE = "Quotes must stand around the value of an attribute, or it is not escaped.";
const HTML = "TaggedTemplateExpression[tag.name='html'] > TemplateLiteral > TemplateElement";

export default defineConfig(
  globalIgnores([".venv/", "views/kit/vendor/"]),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  {
    files: ["views/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-restricted-globals": ["error", ...MISTAKEN],
      "no-restricted-properties": ["error", ...READ_AS_HTML],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "AssignmentExpression > MemberExpression.left[object.name=/^(window|globalThis)$/]",
          message: "State belongs to a module that exports it, never to the window.",
        },
        { selector: `${HTML}[value.raw=/=$/]`, message: QUOTE },
        {
          selector: `${HTML}[value.raw=/<script|<style|\\son[a-z]+=|href="$|src="$/i]`,
          message:
            "A script, a style sheet and an address are no text: escaping does not make them safe.",
        },
        {
          selector: `:not(TaggedTemplateExpression) > TemplateLiteral > TemplateElement[value.raw=${TAG}], Literal[value=${TAG}]`,
          message:
            "Tag templates of HTML with html of views/kit/markup.js, or they are shown as text.",
        },
      ],
    },
  },
  {
    files: ["tests/js/**/*.js", "eslint.config.js"],
    languageOptions: { globals: globals.node },
  },
  {
    // Playwright puts it into the page as it stands, so it is a script and no module.
    files: ["tests/browser/**/*.js"],
    languageOptions: { globals: globals.browser, sourceType: "script" },
    rules: { "no-redeclare": "off", "no-unused-vars": ["error", { vars: "local" }] },
  },
);
