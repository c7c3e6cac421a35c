// A reporter of Vitest for check.mjs: writes counts and failures to the file that HOLDLINE_REPORT names. Unlike the JSON reporter, it
// keeps errors outside of tests, with the test that ran when they occurred.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

export default class TestReport {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const failures = [];
    for (const module of modules) {
      const file = fileName(module.moduleId);
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        counts[state === 'passed' || state === 'failed' ? state : 'skipped']++;
        if (state === 'failed') failures.push({ where: `${file} > ${test.fullName}`, why: firstLine(errors[0]) });
      }
      // A file that does not load, and a hook that fails.
      const suites = [module, ...module.children.allSuites()];
      for (const suite of suites)
        for (const error of suite.errors()) {
          counts.failed++;
          failures.push({ where: [file, suite.fullName].filter(Boolean).join(' > '), why: firstLine(error) });
        }
    }
    for (const error of unhandledErrors) {
      counts.failed++;
      const file = error.VITEST_TEST_PATH && fileName(error.VITEST_TEST_PATH);
      const where = [file, error.VITEST_TEST_NAME].filter(Boolean).join(' > ');
      failures.push({ where: where || 'outside of any file', why: `unhandled: ${firstLine(error)}` });
    }
    writeFileSync(process.env.HOLDLINE_REPORT, JSON.stringify({ counts, failures }));
  }
}

const fileName = (path) => relative(process.cwd(), path);

function firstLine(error) {
  const { name = 'Error', message = 'no message' } = error ?? {};
  return stripVTControlCharacters(`${name}: ${message}`).trim().split('\n')[0];
}
