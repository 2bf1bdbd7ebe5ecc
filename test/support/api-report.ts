import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { ROOT } from './project';

/** What `require('node-red-contrib-bk72xx')` offers, as people and programs rely on it. */
export const API_REPORT = 'docs/engine.api.md';

/**
 * Compares the report with what was built, or writes it anew.
 * @returns whether the two were the same
 */
export function checkApiReport(options: { write: boolean }): boolean {
  const entry = join(ROOT, 'dist/src/index.d.ts');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run "npm run build" first`);
  const scratch = mkdtempSync(join(tmpdir(), 'bk-api-'));
  mkdirSync(join(scratch, 'new'));
  try {
    const config = ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(ROOT, 'package.json'),
      configObject: {
        projectFolder: ROOT,
        mainEntryPointFilePath: entry,
        compiler: { overrideTsconfig: compilerOptions(entry) },
        apiReport: {
          enabled: true,
          reportFileName: API_REPORT.split('/').at(-1) as string,
          reportFolder: join(ROOT, 'docs'),
          reportTempFolder: join(scratch, 'new'),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
      },
    });
    const result = Extractor.invoke(config, {
      localBuild: options.write,
      messageCallback: (message) => {
        message.handled = true;
      },
    });
    return !result.apiReportChanged;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function compilerOptions(entry: string): object {
  return {
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      strict: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    files: [entry],
  };
}
