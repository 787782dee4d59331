import { run } from "./scenario.mjs";

window.result = run();
