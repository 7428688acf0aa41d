import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";

// Names that a browser has in every script and that somebody who writes them almost always means
// as a variable of their own.
const MISTAKEN = ["close", "event", "find", "length", "name", "open", "parent", "status", "top"];

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
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "AssignmentExpression > MemberExpression.left[object.name=/^(window|globalThis)$/]",
          message: "State belongs to a module that exports it, never to the window.",
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
