// jest reporter: joins what tests declared with `proves(…)` to their results. An id counts only if such a test ran and was
// green. Writes .balagh/proofs.json: { finishedAt, counts, tests: [{ path, test, ids, passed }] }.
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');

const root = join(__dirname, '../..');
const output = process.env.BALAGH_PROOFS_OUTPUT ?? join(root, '.balagh/proofs.json');

module.exports = class ProofsReporter {
  onRunStart() {
    const file = process.env.BALAGH_PROOFS_FILE;
    if (file) rmSync(file, { force: true });
  }

  onRunComplete(_contexts, results) {
    const file = process.env.BALAGH_PROOFS_FILE;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests,
    };
    if (!file) return;
    const declared = existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];
    const passed = new Set(
      results.testResults.flatMap((suite) =>
        suite.testResults
          .filter((t) => t.status === 'passed')
          .map((t) => `${suite.testFilePath}\u0000${t.fullName}`),
      ),
    );
    const tests = declared.map(({ testPath, test, ids }) => ({
      path: relative(root, testPath),
      test,
      ids,
      passed: passed.has(`${testPath}\u0000${test}`),
    }));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, JSON.stringify({ finishedAt: new Date().toISOString(), counts, tests }, null, 1));
    rmSync(file, { force: true });
  }
};
