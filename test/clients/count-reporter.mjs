/**
 * A reporter of node:test that is quiet as the Python suites are: what failed, why something was skipped, and at the
 * end how many passed.
 */

export default async function* report(events) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    // The file itself is reported as a test when it fails to load; a suite of tests is not counted beside them.
    if ((type !== "test:pass" && type !== "test:fail") || data.details.type === "suite") continue;
    if (data.skip !== undefined) {
      count.skipped++;
      yield `skipped 1: ${data.name}: ${data.skip}\n`;
    } else if (type === "test:pass") {
      count.passed++;
    } else {
      count.failed++;
      const { cause } = data.details.error;
      yield `FAILED ${data.name}\n${cause?.stack ?? cause ?? data.details.error.stack}\n`;
    }
  }
  const { passed, failed, skipped } = count;
  yield `${process.env.STOWAGE_TEST_SUITE}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}
