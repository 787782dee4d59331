import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig([
  globalIgnores(["pkg/", "ts/generated/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["ts/**/*.ts", "tests/types.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ["tsconfig.json", "tests/tsconfig.json"] } },
    rules: {
      // Numbers print themselves.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `as` and not `!` where an index is known to be there: `!` is easily overlooked.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    },
  },
  {
    files: ["**/*.mjs"],
    extends: [tseslint.configs.base],
    rules: {
      "no-const-assign": "error",
      "no-dupe-keys": "error",
      "no-undef": "off",
      "no-unreachable": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": "error",
    },
  },
]);
