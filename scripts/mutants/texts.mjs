import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Calls whose first argument is the code of a text: `tsc` refuses any that there is no text for. */
const TEXTS = new Set(['say', 'isSaid']);

/** Leaves the codes of texts alone: an empty one never gets as far as a test. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts', {
    shouldIgnore(path) {
      const call = path.parentPath;
      const isCode =
        path.isStringLiteral() &&
        call?.isCallExpression() &&
        TEXTS.has(call.node.callee.name) &&
        call.node.arguments.includes(path.node);
      return isCode ? 'the code of a text, which the compiler checks' : undefined;
    },
  }),
];
