import { version } from "cpcfit";
export const run = () => ({ version: version() });
