// How far a run goes. `make bench` runs every stage and reports what each adds; the last is the whole app.

const STAGES = ['imports', 'constructs', 'synth', 'built-in', 'AwsSolutions', 'HIPAA'];
const wanted = process.env.CAMBIUM_BENCH_STAGE || STAGES.at(-1);
const last = STAGES.indexOf(wanted);
if (last < 0) throw new Error(`CAMBIUM_BENCH_STAGE must be one of ${STAGES.join(', ')}, got ${wanted}`);

module.exports = {
  ends: (stage) => STAGES.indexOf(stage) === last,
  has: (stage) => STAGES.indexOf(stage) <= last,
};
