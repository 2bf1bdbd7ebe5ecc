import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Calls whose first argument is the code of a text: `tsc` refuses any that there is no text for. */
const TEXTS = new Set(['say', 'isSaid']);

/** Leaves the codes of texts alone: an empty one never gets as far as a test. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts', {
    shouldIgnore(path) {
      if (!path.isStringLiteral()) return undefined;
      const argument = choiceOf(path);
      const call = argument.parentPath;
      const isCode =
        call?.isCallExpression() &&
        TEXTS.has(call.node.callee.name) &&
        call.node.arguments.includes(argument.node);
      return isCode ? 'the code of a text, which the compiler checks' : undefined;
    },
  }),
];

/** The choice between two codes of which this is one, as far as it is; else the code itself. */
function choiceOf(path) {
  const choice = path.parentPath;
  const isChosen = choice?.isConditionalExpression() && choice.node.test !== path.node;
  return isChosen ? choiceOf(choice) : path;
}
