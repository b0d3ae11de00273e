// What the test run came to: counts over everything that ran, what failed, and what was skipped and why.

export class Tally {
  passed = 0;
  failed = 0;
  skipped = [];
  failures = [];

  get counts() {
    return `${this.passed} passed, ${this.failed} failed, ${this.skipped.length} skipped`;
  }

  get total() {
    return this.passed + this.failed + this.skipped.length;
  }

  pass() {
    this.passed++;
  }

  fail(name) {
    this.failed++;
    this.failures.push(name);
  }

  /** Adds what came of another run, whose name goes before its tests'. */
  add({ passed, failed, skipped, failures }, name) {
    this.passed += passed;
    this.failed += failed;
    this.skipped.push(...skipped.map(test => `${name}: ${test}`));
    this.failures.push(...failures.map(test => `${name}: ${test}`));
  }

  /** Adds a report of vitest's JSON reporter. A file that could not be loaded has no tests, and is one failure. */
  addReport({ testResults }, exitStatus) {
    const before = this.failed;
    for (const file of testResults) {
      if (file.status === 'failed' && file.assertionResults.length === 0) this.fail(file.name);
      for (const test of file.assertionResults) this.#addTest(test);
    }
    // Errors that belong to no test, such as an uncaught exception after the last one, show in the status only.
    if (exitStatus !== 0 && this.failed === before) this.fail('vitest: an error outside the tests (see above)');
  }

  #addTest({ status, fullName }) {
    if (status === 'passed') this.pass();
    else if (status === 'failed') this.fail(fullName);
    else this.skipped.push(fullName);
  }

  /** One line a reason, which `describeNeeding` puts into brackets; a test skipped without one is named. */
  #skippedByReason() {
    const counts = new Map();
    for (const name of this.skipped) {
      const reason = /\[(.+?)\]/.exec(name)?.[1] ?? name;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts].map(([reason, count]) => `${count}: ${reason}`);
  }

  /** The last line is for programs: counts alone. */
  print() {
    const list = (title, names) => {
      if (names.length > 0) console.log(`\n${title}\n${names.map(name => `  ${name}`).join('\n')}`);
    };
    list('SKIPPED', this.#skippedByReason());
    list('FAILED', this.failures);
    console.log(`\n${this.counts}`);
  }
}
