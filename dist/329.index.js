export const id = 329;
export const ids = [329];
export const modules = {

/***/ 9329:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/mesh/openService.js + 44 modules
var openService = __webpack_require__(6567);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/domain/forwardChecks.js
var forwardChecks = __webpack_require__(4628);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/inputs.js





const fields = {
    ...clusterInputs/* clusterFields */.i,
    to: (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('candidate', 'blue', 'green', 'previous'), 'candidate'),
    weight: (0,runtime_inputs/* optional */.lq)((0,rules/* wholeNumber */.rD)(1, 100)),
    steps: (0,runtime_inputs/* optional */.lq)(rules/* risingPercents */.ty),
    'step-interval': (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 86_400_000, '1m'), '1m'),
    'max-error-rate': (0,runtime_inputs/* defaulted */.P_)(rules/* percentage */.X1, '1%'),
    'min-requests': (0,runtime_inputs/* defaulted */.P_)((0,rules/* wholeNumber */.rD)(1, 1_000_000), '50'),
    force: (0,runtime_inputs/* optional */.lq)((0,rules/* someOf */.yU)(...forwardChecks/* checkNames */.LN)),
    'dry-run': (0,runtime_inputs/* defaulted */.P_)(rules/* yesNo */.Lm, 'false'),
    timeout: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 600_000, '15s'), '15s'),
};
/** @throws InputError also where two inputs do not go together */
function parse(given) {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(given, fields);
    const { weight, steps, to } = inputs;
    const paced = weight !== null ? 'weight' : steps !== null ? 'steps' : null;
    if (weight !== null && steps !== null) {
        throw clash('steps', given, 'nothing, together with weight: one move by hand, or steps that are judged');
    }
    if (paced !== null && to === 'previous') {
        throw clash(paced, given, 'nothing, together with to: previous: going back is done at once');
    }
    return inputs;
}
const clash = (input, given, allowed) => new errors/* InputError */.dz([{ input, given: given[input] ?? '', allowed, example: fields[input].rule.example }]);

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
// EXTERNAL MODULE: ./lib/domain/serving.js
var serving = __webpack_require__(3288);
// EXTERNAL MODULE: ./lib/domain/split.js
var domain_split = __webpack_require__(5407);
// EXTERNAL MODULE: ./lib/domain/slot.js
var domain_slot = __webpack_require__(4398);
;// CONCATENATED MODULE: ./lib/domain/target.js


/** Which slot is meant, and whether going there is going forward or back. */
function chooseTarget(to, routing, known) {
    if (to === 'previous')
        return previousTarget(routing, known);
    if (known.kind === 'release') {
        const { candidate } = known.release;
        const slot = to === 'candidate' ? candidate : to;
        return { slot, direction: slot === candidate ? 'forward' : 'back' };
    }
    if (to === 'candidate' || known.kind === 'none') {
        return {
            what: known.kind === 'none'
                ? `no release of ${routing.name.service} is on record`
                : `the release record of ${routing.name.service} cannot be read`,
            remedy: 'Run deploy-green and verify-green first; to go back without a record, use to: previous.',
        };
    }
    // Someone names a slot, and the record is broken: it must not keep them from going back.
    return { slot: to, direction: 'back' };
}
/**
 * The slot that was live before the release on record. Given twice, or before the release was switched, it is
 * the slot that is live: nothing moves to a version that nobody asked for. Without a record, the other slot.
 */
function previousTarget(routing, known) {
    const slot = known.kind === 'release' ? (0,domain_split/* soleSlot */.ye)(known.release.splitBefore) : null;
    if (slot !== null)
        return { slot, direction: 'back' };
    if (routing.live !== null)
        return { slot: (0,domain_slot/* otherSlot */.j)(routing.live), direction: 'back' };
    return {
        what: `which slot was live before cannot be told: there is no usable record, and ${routing.disagreement ?? 'both slots take traffic'}`,
        remedy: 'Say which: to: blue or to: green.',
    };
}

// EXTERNAL MODULE: ./lib/mesh/goBack.js
var goBack = __webpack_require__(5564);
;// CONCATENATED MODULE: ./lib/domain/canary.js

const share = (slot, percent) => slot === 'blue' ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent };
/**
 * The splits to go through, one after the other; never empty. A way that was cut off is taken up where it was:
 * at the step that the routes have now (it may not have been judged), or after the last proven one.
 * @param now null while the routes disagree
 * @param proven the last split that every proxy was seen to serve in this release; null before the first
 */
function splitsTo(slot, { weight, steps }, now, proven) {
    if (weight !== null)
        return [share(slot, weight)];
    const left = (steps ?? [100]).filter((percent) => now === null ? percent > (proven?.[slot] ?? 0) : percent >= now[slot]);
    return left.length === 0 ? [(0,domain_split/* all */.Q7)(slot)] : left.map((percent) => share(slot, percent));
}

// EXTERNAL MODULE: ./lib/domain/switchPlan.js
var switchPlan = __webpack_require__(8285);
// EXTERNAL MODULE: ./lib/domain/routing.js
var domain_routing = __webpack_require__(7926);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/preconditions.js


/** The proxies have known the candidate since it became ready: whoever does not by now has a reason. */
const proxyTimeoutMs = 5_000;
/**
 * Going forward: each condition with its numbers, all of them before anything is refused (invariant 3). What is
 * forced is told all the same.
 * @throws PreconditionError with every condition that does not hold
 */
async function requireProof({ mesh, log, signal, force }, routing, slot, release) {
    // A Gateway that does not exist, or that nobody serves, needs no waiting for a proof.
    const [pods] = await Promise.all([mesh.pods(routing), mesh.gateways(routing)]);
    const ready = pods[slot].filter((pod) => pod.ready).map(({ ip }) => ip);
    const options = { timeoutMs: proxyTimeoutMs, signal };
    const checks = [
        ...(0,forwardChecks/* forwardChecks */.ZD)(routing, slot, release, pods),
        ...(await Promise.all([
            asCheck('candidate-known', () => mesh.proveSubset(routing, slot, ready, options)),
            asCheck('routes-known', () => mesh.proveSplit(routing, 'as-read', options)),
        ])),
    ];
    for (const { name, ok, detail } of checks) {
        if (ok || !force.includes(name))
            log.info(`${ok ? '✓' : '✗'} ${name}: ${detail}`);
        else
            log.warning(`${name} does not hold and is skipped by force: ${detail}`);
    }
    if (!routing.meshGoverned) {
        log.warning(`no VirtualService bound to the mesh steers ${routing.name.service}: callers inside the mesh reach both slots whatever the weights`);
    }
    const failed = checks.filter(({ name, ok }) => !ok && !force.includes(name));
    if (failed.length === 0)
        return;
    throw new errors/* PreconditionError */.Rb(`${slot} may not take the traffic yet:\n${failed.map(({ name, detail }) => `  ${name}: ${detail}`).join('\n')}`, failed.map(({ remedy }) => remedy).join('\n  '));
}
async function asCheck(name, prove) {
    try {
        const { proxies } = await prove();
        return { name, ok: true, detail: `by all ${String(proxies.length)} proxies`, remedy: '' };
    }
    catch (error) {
        if (!(error instanceof errors/* DeadlineError */.j3))
            throw error;
        return { name, ok: false, detail: error.message, remedy: error.remedy };
    }
}

;// CONCATENATED MODULE: ./lib/actions/switch-traffic/dryRun.js





/**
 * Everything but the writing: the patches, and (going forward) whether it would be allowed.
 * @throws PreconditionError when it would not be
 */
async function rehearse(inputs, tools, routing, { slot, direction }) {
    const { release } = tools.journal;
    const proven = release?.phase === 'switching' ? release.splitAfter : null;
    const way = direction === 'back' ? [(0,domain_split/* all */.Q7)(slot)] : splitsTo(slot, inputs, routing.split, proven);
    showPlan(routing, way, tools);
    if (direction === 'forward') {
        await requireProof({ ...tools, force: inputs.force ?? [] }, routing, slot, release);
    }
    tools.log.info('dry run: nothing was written');
}
/** The very patches that a switch would send first, for people and as an output. Nothing is written. */
function showPlan(routing, way, { log, outputs }) {
    const [first, ...later] = way;
    if (first === undefined)
        return;
    const plans = routing.virtualServices.map((vs) => ({
        virtualService: `${vs.namespace}/${vs.name}`,
        patch: (0,switchPlan/* planWeights */.zS)(vs, (0,switchPlan/* everywhere */.fC)(first)).patch,
    }));
    for (const [index, { patch }] of plans.entries()) {
        const vs = routing.virtualServices[index];
        const name = vs === undefined ? '' : (0,domain_routing/* formatObject */.j)('VirtualService', vs);
        if (patch.length === 0)
            log.info(`${name} has ${(0,domain_split/* formatSplit */.oe)(first)} already: nothing to write`);
        else {
            log.group(`${name}: the JSON patch to ${(0,domain_split/* formatSplit */.oe)(first)}`, patch.map((step) => JSON.stringify(step)));
        }
    }
    if (later.length > 0)
        log.info(`then, each after its judgement: ${later.map(domain_split/* formatSplit */.oe).join(', ')}`);
    outputs.set('plan', JSON.stringify(plans));
}

// EXTERNAL MODULE: ./lib/metrics/envoyMetrics.js
var envoyMetrics = __webpack_require__(6397);
// EXTERNAL MODULE: ./lib/metrics/watch.js
var watch = __webpack_require__(6830);
// EXTERNAL MODULE: ./lib/mesh/moveTraffic.js
var moveTraffic = __webpack_require__(2767);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/putBack.js



/** Someone else moves this service's traffic now: theirs is the last word, and nothing is put back. */
class TakenOverError extends errors/* ConflictError */.fK {
    constructor(message) {
        super(message, 'Find out who did it: kubectl get events shows it. This step changed nothing after that.');
    }
}
/** A step of a canary that was not shown to be good. */
class BadStepError extends errors/* VerificationError */.mk {
    judgement;
    constructor(title, judgement) {
        const { verdict, reason } = judgement;
        super(`${title}: ${verdict}, ${reason}`, verdict === 'fail'
            ? 'The candidate still runs, for you to look at: its logs say why. Then release a version that is mended.'
            : 'Give each step more time (step-interval) or more traffic (a larger first step), then run it again.');
        this.judgement = judgement;
    }
}
/**
 * After a failure on the way forward: everything back where it was, proven, and on record.
 * @param home null when nothing was changed
 * @returns the error to end with
 */
async function putEverythingBack({ mesh, journal, signal }, routing, home, timeoutMs, error) {
    if (error instanceof TakenOverError)
        return error;
    const judgement = error instanceof BadStepError ? error.judgement : null;
    // Before anything moves: whoever runs after a kill must not take a bad candidate forward again.
    if (judgement?.verdict === 'fail') {
        const verdicts = { ...journal.release?.verdicts, monitor: judgement };
        await journal.tryEnter('rolling-back', judgement.reason, { verdicts });
    }
    const proof = home === null ? null : await (0,moveTraffic/* undo */.t)(mesh, routing, home, timeoutMs, error);
    const split = home === null ? routing.split : (home.split ?? home.routing.split);
    await recordReturn(journal, split);
    if (proof === null || (signal.aborted && judgement === null))
        return error;
    return new errors/* VerificationError */.mk(`${error instanceof Error ? error.message : String(error)}\nThe previous split is back, proven in ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms.`, remedyOf(error), { cause: error });
}
async function recordReturn(journal, split) {
    const { release } = journal;
    if (release?.phase === 'rolling-back') {
        await journal.tryEnter('rolled-back', 'the previous split is back', { splitAfter: split });
    }
    if (release?.phase !== 'switching')
        return;
    // Back at a split that an earlier run has proven, the switch is still under way.
    const isHeld = split !== null && !(0,domain_split/* sameSplit */.xY)(split, release.splitBefore);
    if (isHeld)
        await journal.tryEnter('switching', `put back to ${(0,domain_split/* formatSplit */.oe)(split)}`, { splitAfter: split });
    else
        await journal.tryEnter('verified', 'the switch was put back', { splitAfter: null });
}
const remedyOf = (error) => error instanceof BadStepError || (error instanceof errors/* RemedyError */.By && !error.name.startsWith('Deadline'))
    ? error.remedy
    : 'Find out why the proxies named above did not get the new weights, then run the step again.';

;// CONCATENATED MODULE: ./lib/actions/switch-traffic/forward.js








/**
 * Forward in one move, or step by step: each proven in every proxy and judged before the next. Whatever goes wrong
 * on the way, everything is put back; the release record's splitAfter is the last split that was proven.
 */
async function goForward(inputs, tools, routing, slot) {
    const { mesh, signal } = tools;
    const { release } = tools.journal;
    const way = splitsTo(slot, inputs, routing.split, provenBefore(release));
    const legs = [];
    let home = homeOf(inputs, routing, release);
    try {
        if (way.some((target) => !isAt(routing, target))) {
            await requireProof({ ...tools, force: inputs.force ?? [] }, routing, slot, release);
        }
        let now = routing;
        for (const target of way) {
            const last = legs.pop();
            if (last !== undefined) {
                legs.push({ ...last, judgement: await judge(inputs, tools, now, { slot, target: last.target }) });
                now = await rereadAt(mesh, routing, last.target);
            }
            const intentMs = await saveIntent(tools, now, target);
            const change = await mesh.setSplit(now, target);
            const { changed, acceptedMs } = change;
            if (changed)
                home ??= { split: null, routing: now, change };
            const options = { timeoutMs: inputs.timeout, sinceMs: acceptedMs, signal };
            const proof = await mesh.proveSplit(now, target, options);
            await saveProof(tools, target, proof);
            legs.push({ target, intentMs, changed, acceptedMs, proof, judgement: null });
        }
        return legs;
    }
    catch (error) {
        throw await putEverythingBack(tools, routing, home, inputs.timeout, error);
    }
}
const isAt = ({ split }, target) => split !== null && (0,domain_split/* sameSplit */.xY)(split, target);
const provenBefore = (release) => release?.phase === 'switching' ? release.splitAfter : null;
/**
 * Where everything goes when this run fails: to what it finds, which the first change keeps. Unless a run before it
 * was cut off: then what that one found.
 */
function homeOf({ steps }, routing, release) {
    if (release?.phase !== 'switching')
        return null;
    const split = steps === null ? (release.splitAfter ?? release.splitBefore) : release.splitBefore;
    return isAt(routing, split) ? null : { split };
}
/** @throws BadStepError unless it is a pass */
async function judge(inputs, { mesh, clock, log, signal }, routing, { slot, target }) {
    const title = `${slot} at ${String(target[slot])} %`;
    const options = {
        durationMs: inputs['step-interval'],
        intervalMs: 1_000,
        limits: { maxErrorShare: inputs['max-error-rate'], minRequests: inputs['min-requests'] },
    };
    const metrics = (0,envoyMetrics/* envoyMetrics */.b)(mesh, routing, slot);
    const { judgement } = await (0,watch/* watch */.w)(options, { metrics, clock, log, signal }, title);
    log.info(`${title}: ${judgement.verdict}: ${judgement.reason}`);
    if (judgement.verdict !== 'pass')
        throw new BadStepError(title, judgement);
    return judgement;
}
async function rereadAt(mesh, { name }, target) {
    const now = await mesh.read(name);
    if (isAt(now, target))
        return now;
    throw new TakenOverError(`someone moved the traffic between two steps: it is at ${(0,serving/* currentSplit */.e)(now)}, not at ${(0,domain_split/* formatSplit */.oe)(target)}`);
}
/** @returns when it was on record; null when there is nothing to write */
async function saveIntent({ journal, clock }, now, target) {
    if (isAt(now, target))
        return null;
    const isFirst = journal.release?.phase !== 'switching';
    await orTakenOver(journal.enter('switching', `from ${(0,serving/* currentSplit */.e)(now)} to ${(0,domain_split/* formatSplit */.oe)(target)}`, isFirst ? { splitAfter: null } : {}));
    return clock.monotonic();
}
async function saveProof({ journal }, target, proof) {
    const { release } = journal;
    if (release?.phase !== 'switching' && release?.phase !== 'verified')
        return;
    const isWhole = (0,domain_split/* soleSlot */.ye)(target) !== null;
    if (!isWhole && release.splitAfter !== null && (0,domain_split/* sameSplit */.xY)(release.splitAfter, target))
        return;
    const note = `${(0,domain_split/* formatSplit */.oe)(target)}, proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;
    await orTakenOver(journal.enter(isWhole ? 'monitoring' : 'switching', note, { splitAfter: target }));
}
async function orTakenOver(write) {
    try {
        await write;
    }
    catch (error) {
        throw error instanceof errors/* ConflictError */.fK ? new TakenOverError(error.message) : error;
    }
}

// EXTERNAL MODULE: ./lib/mesh/podView.js
var podView = __webpack_require__(7579);
;// CONCATENATED MODULE: ./lib/actions/switch-traffic/report.js


/** Tells what was done: one line for the log, outputs for later steps, a table for people. */
function report({ before, legs }, { name, clock, log, outputs, summary }) {
    const leg = legs.at(-1);
    if (leg === undefined)
        return;
    const split = (0,domain_split/* formatSplit */.oe)(leg.target);
    const changed = legs.some((one) => one.changed);
    const { acceptedMs, proof } = leg;
    const timings = proof.proxies
        .map(({ proxy, ms }) => ({ proxy: (0,podView/* formatProxy */.yt)(proxy), ms: Math.round(ms) }))
        .toSorted((a, b) => b.ms - a.ms);
    const worstMs = Math.round(proof.worstMs);
    log.group(changed
        ? `${split}: served by all ${String(timings.length)} proxies ${String(worstMs)} ms after the patch was accepted`
        : `${split} already: nothing was written, all ${String(timings.length)} proxies serve it`, timings.map(({ proxy, ms }) => `${proxy}: ${String(ms)} ms`));
    outputs.set('changed', changed);
    outputs.set('previous-split', before);
    outputs.set('split', split);
    outputs.set('switch-ms', worstMs);
    outputs.set('proxies', JSON.stringify(timings));
    outputs.set('steps', JSON.stringify(legs.map(toStep)));
    outputs.set('patched-at', new Date(clock.now() - (clock.monotonic() - acceptedMs)).toISOString());
    summary.heading(`${name.service}: ${before} → ${split}`);
    summary.table(['proxy', 'serves it after'], timings.map(({ proxy, ms }) => [proxy, `${String(ms)} ms`]));
}
const toStep = ({ target, proof, judgement }) => ({
    split: (0,domain_split/* formatSplit */.oe)(target),
    ms: Math.round(proof.worstMs),
    verdict: judgement?.verdict ?? null,
    reason: judgement?.reason ?? null,
});

;// CONCATENATED MODULE: ./lib/actions/switch-traffic/run.js









/** Moves traffic to one slot. Done when every proxy serves it; otherwise as it was before, and a failure. */
async function switchTraffic(inputs, given) {
    const { name, mesh, record, clock, log } = given;
    const routing = await mesh.read(name);
    const journal = await (0,cluster_journal/* openJournalForRollback */.F)(record, name, clock, log);
    const tools = { ...given, journal };
    const target = decide(inputs, routing, journal);
    log.info(`${name.service} is at ${(0,serving/* currentSplit */.e)(routing)}; ${target.direction} to ${target.slot} in ${String(routing.virtualServices.length)} VirtualServices`);
    if (inputs['dry-run'])
        return rehearse(inputs, tools, routing, target);
    const legs = target.direction === 'forward'
        ? await goForward(inputs, tools, routing, target.slot)
        : [await back(inputs, tools, routing, target)];
    report({ before: (0,serving/* currentSplit */.e)(routing), legs }, tools);
}
function decide(inputs, routing, { state }) {
    const target = chooseTarget(inputs.to, routing, state);
    if ('what' in target)
        throw new errors/* PreconditionError */.Rb(target.what, target.remedy);
    if (target.direction === 'back' && (inputs.weight !== null || inputs.steps !== null)) {
        throw new errors/* PreconditionError */.Rb(`${target.slot} is not the candidate of a release: going there is going back, which is done at once`, 'Leave out weight and steps; or name the candidate.');
    }
    return target;
}
async function back({ timeout }, tools, routing, { slot }) {
    const target = (0,domain_split/* all */.Q7)(slot);
    const note = `from ${(0,serving/* currentSplit */.e)(routing)} to ${(0,domain_split/* formatSplit */.oe)(target)}`;
    const moved = await (0,goBack/* goBack */.O)(tools, routing, { target, timeoutMs: timeout, note });
    return { ...moved, target, intentMs: null, judgement: null };
}

;// CONCATENATED MODULE: ./lib/actions/switch-traffic/index.js




const main = () => (0,action/* runAction */.C)('switch-traffic', async (context) => {
    const inputs = parse(context.inputs);
    await switchTraffic(inputs, { ...context, ...(await (0,openService/* openService */.I)(context, inputs)) });
});


/***/ }),

/***/ 1747:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Re: () => (/* binding */ subtract),
/* harmony export */   si: () => (/* binding */ startCount),
/* harmony export */   yl: () => (/* binding */ addSample)
/* harmony export */ });
/* unused harmony export add */
const nothing = { requests: 0, errors: 0 };
const sourceOf = ({ counter, subject }) => `${counter} ${subject}`;
/** The baseline: what was counted before does not count. */
const startCount = (sample) => ({
    total: nothing,
    last: new Map(sample.counters.map((counter) => [sourceOf(counter), tallyOf(counter)])),
    unread: new Set(sample.silent),
});
/**
 * Adds what has grown since the last sample. A source that counts less than before was restarted and
 * counts from 0; one that was not there before is new and counts from 0: so no step is ever negative,
 * and a new pod's first errors are not lost.
 */
function addSample(count, sample) {
    const last = new Map(count.last);
    const unread = new Set(count.unread);
    let total = count.total;
    for (const counter of sample.counters) {
        const now = tallyOf(counter);
        const before = last.get(sourceOf(counter));
        const baseline = before ?? (count.unread.has(counter.counter) ? now : nothing);
        total = add(total, growth(baseline, now));
        last.set(sourceOf(counter), now);
        unread.delete(counter.counter);
    }
    return { total, last, unread };
}
function growth(before, now) {
    const restarted = now.requests < before.requests || now.errors < before.errors;
    return restarted ? now : subtract(now, before);
}
const tallyOf = ({ requests, errors }) => ({ requests, errors });
const add = (a, b) => ({
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
});
const subtract = (a, b) => ({
    requests: a.requests - b.requests,
    errors: a.errors - b.errors,
});


/***/ }),

/***/ 9740:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CS: () => (/* binding */ judgeNow),
/* harmony export */   d8: () => (/* binding */ judgeEnd),
/* harmony export */   eQ: () => (/* binding */ formatTally)
/* harmony export */ });
/* unused harmony export windowMs */
/* harmony import */ var _counters_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1747);

/** Long enough to hold some requests, short enough that an hour of good answers hides no bad minute. */
const windowMs = 10_000;
/**
 * Whether it is clear already that the candidate is bad: more errors than allowed among enough requests,
 * since the start or within the last seconds.
 * @returns null while it is not
 */
function judgeNow(observations, limits) {
    const last = observations.at(-1);
    if (last === undefined)
        return null;
    const start = observations.findLast(({ atMs }) => atMs <= last.atMs - windowMs);
    const recent = start === undefined ? last.total : (0,_counters_js__WEBPACK_IMPORTED_MODULE_0__/* .subtract */ .Re)(last.total, start.total);
    if (isBad(last.total, limits))
        return failed(last.total, 'since the watch began', limits);
    if (isBad(recent, limits))
        return failed(recent, `in the last ${String(windowMs / 1000)} s`, limits);
    return null;
}
/** The verdict when the time is over and nothing was bad. No data is never a pass (invariant 7). */
function judgeEnd(observations, limits, unanswered) {
    const last = observations.at(-1);
    if (last === undefined) {
        return { verdict: 'error', reason: `not one sample could be taken: ${unanswered ?? 'no reason known'}` };
    }
    if (unanswered !== null)
        return inconclusive(`the counters could not be read at the end: ${unanswered}`);
    if (last.silent.length > 0) {
        return inconclusive(`${last.silent.join(', ')} did not answer at the end: their errors are not known`);
    }
    const { requests } = last.total;
    if (requests < limits.minRequests) {
        return inconclusive(`${String(requests)} requests reached the candidate, and fewer than ${String(limits.minRequests)} say nothing`);
    }
    return {
        verdict: 'pass',
        reason: `${formatTally(last.total)}, at most ${formatShare(limits.maxErrorShare)} allowed`,
    };
}
const isBad = ({ requests, errors }, { maxErrorShare, minRequests }) => requests > 0 && requests >= minRequests && errors / requests > maxErrorShare;
const failed = (tally, when, { maxErrorShare }) => ({
    verdict: 'fail',
    reason: `${formatTally(tally)} ${when}, at most ${formatShare(maxErrorShare)} allowed`,
});
const inconclusive = (reason) => ({ verdict: 'inconclusive', reason });
const formatTally = ({ requests, errors }) => `${String(errors)} of ${String(requests)} requests failed (${requests === 0 ? 'no share' : formatShare(errors / requests)})`;
const formatShare = (share) => `${String(Number((share * 100).toFixed(2)))} %`;


/***/ }),

/***/ 4628:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   LN: () => (/* binding */ checkNames),
/* harmony export */   NN: () => (/* binding */ readyCount),
/* harmony export */   ZD: () => (/* binding */ forwardChecks)
/* harmony export */ });
/* harmony import */ var _routing_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7926);
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4398);


/** What `force` can skip, each by its name. */
const checkNames = ['verified', 'capacity', 'selection', 'candidate-known', 'routes-known'];
/** Phases in which a release may be made live: verified, or cut off while it was being switched. */
const switchable = ['verified', 'switching'];
/** Forward needs proof (invariant 3). What the proxies know is proven apart. */
function forwardChecks(routing, slot, release, pods) {
    return [isVerified(slot, release), hasCapacity(slot, pods), selectsItsOwn(routing, slot, release, pods)];
}
function isVerified(slot, release) {
    const verify = release?.verdicts.verify;
    const ok = release?.candidate === slot && switchable.includes(release.phase) && verify?.verdict === 'pass';
    const detail = release === null
        ? 'there is no release record'
        : release.candidate !== slot
            ? `release ${release.id} has its candidate in ${release.candidate}, not in ${slot}`
            : `release ${release.id} is ${release.phase}${verify === undefined ? '' : `, verdict ${verify.verdict}: ${verify.reason}`}`;
    return { name: 'verified', ok, detail, remedy: 'Run deploy-green and verify-green for it first.' };
}
function hasCapacity(slot, pods) {
    const ready = readyCount(pods[slot]);
    const live = readyCount(pods[(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)]);
    return {
        name: 'capacity',
        ok: ready > 0 && ready >= live,
        detail: `${slot} has ${String(ready)} ready pods, ${(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)} has ${String(live)}`,
        remedy: `Give ${slot} at least ${String(Math.max(1, live))} ready pods: kubectl get pods shows what keeps them.`,
    };
}
function selectsItsOwn(routing, slot, release, pods) {
    const deployment = `${routing.name.service}-${slot}`;
    const version = release?.slots[slot]?.version;
    const foreign = pods[slot].filter((pod) => (pod.deployment !== null && pod.deployment !== deployment) ||
        (version !== undefined && (pod.labels['version'] ?? version) !== version));
    const missed = pods[(0,_slot_js__WEBPACK_IMPORTED_MODULE_0__/* .otherSlot */ .j)(slot)].filter((pod) => pod.deployment === deployment);
    const wrong = [...new Set([...foreign, ...missed, ...pods.both].map(({ name }) => name))];
    const labels = Object.entries(routing.destinationRule.subsets[slot].labels).map(([key, value]) => `${key}=${value}`);
    return {
        name: 'selection',
        ok: wrong.length === 0,
        detail: wrong.length === 0
            ? `subset ${slot} (${labels.join(',')}) selects ${String(pods[slot].length)} pods, all of ${deployment}`
            : `subset ${slot} (${labels.join(',')}) and the slots do not agree about ${wrong.join(', ')}`,
        remedy: `Correct the labels of subset ${slot} in ${(0,_routing_js__WEBPACK_IMPORTED_MODULE_1__/* .formatObject */ .j)('DestinationRule', routing.destinationRule)}: each subset selects the pods of its own slot and no others.`,
    };
}
const readyCount = (pods) => pods.filter(({ ready }) => ready).length;


/***/ }),

/***/ 5564:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ goBack)
/* harmony export */ });
/* harmony import */ var _domain_forwardChecks_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(4628);
/* harmony import */ var _domain_slot_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4398);
/* harmony import */ var _domain_split_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);
/* harmony import */ var _moveTraffic_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2767);





/**
 * The way back, the same for whoever goes it: one ready endpoint, the weights, the proof, no preview left open.
 * Listens to no signal, and no broken record stops it (invariant 4).
 * @throws PreconditionError when nothing is ready there: the traffic stays; RollbackError when it is not proven
 */
async function goBack(tools, routing, back) {
    const { mesh, journal } = tools;
    const { target, timeoutMs, note, changes } = back;
    const before = journal.release?.phase ?? null;
    if (routing.split === null || !(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_2__/* .sameSplit */ .xY)(routing.split, target)) {
        // Both at once: each is a round trip, and users wait.
        const [empty] = await Promise.allSettled([
            requireEndpoints(tools, routing, target),
            journal.tryEnter('rolling-back', note, changes),
        ]);
        if (empty.status === 'rejected') {
            if (before !== null)
                await journal.tryEnter(before, 'nothing is ready to go back to: the traffic stays');
            throw empty.reason;
        }
    }
    const moved = await (0,_moveTraffic_js__WEBPACK_IMPORTED_MODULE_1__/* .moveBack */ .J)(mesh, routing, target, timeoutMs);
    await closePreviews(tools, routing);
    const phase = journal.release?.phase;
    if (phase === 'rolling-back' || phase === 'switching' || phase === 'monitoring') {
        await journal.tryEnter('rolled-back', provenBack(target, moved), { ...changes, splitAfter: target });
    }
    return moved;
}
const provenBack = (target, { proof }) => `${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_2__/* .formatSplit */ .oe)(target)}, proven in ${String(proof.proxies.length)} proxies, ${String(Math.round(proof.worstMs))} ms`;
async function requireEndpoints({ mesh, log }, routing, target) {
    const pods = await mesh.pods(routing);
    for (const slot of _domain_slot_js__WEBPACK_IMPORTED_MODULE_3__/* .slots */ .Q.filter((one) => target[one] > 0)) {
        const ready = (0,_domain_forwardChecks_js__WEBPACK_IMPORTED_MODULE_4__/* .readyCount */ .NN)(pods[slot]);
        log.info(`${ready > 0 ? '✓' : '✗'} endpoints: ${slot} has ${String(ready)} ready pods`);
        if (ready > 0)
            continue;
        const { service, namespace } = routing.name;
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PreconditionError */ .Rb(`${slot} has no ready pod to go back to: the traffic stays where somebody answers`, `Bring ${slot} up, then go back again: kubectl rollout status deployment/${service}-${slot} -n ${namespace}`);
    }
}
/** What a cut-off verification left open would still lead to the candidate. */
async function closePreviews({ mesh, log }, { name }) {
    try {
        await mesh.closePreview(await mesh.read(name, 'back'));
    }
    catch (error) {
        log.warning(`the preview route may be open: ${error instanceof Error ? error.message : String(error)}`);
    }
}


/***/ }),

/***/ 2767:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   J: () => (/* binding */ moveBack),
/* harmony export */   t: () => (/* binding */ undo)
/* harmony export */ });
/* harmony import */ var _domain_split_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);


/**
 * Puts back what a way forward has changed, and proves it. Listens to no signal: whoever cancels wants it undone.
 * @throws RollbackError when it is not written or not proven
 */
async function undo(mesh, routing, home, timeoutMs, cause) {
    if (home.split === null)
        await mesh.putBack(home.routing, home.change);
    else
        await setBack(mesh, routing, home.split, cause);
    try {
        return await (home.split === null
            ? mesh.proveSplit(home.routing, 'as-read', { timeoutMs })
            : mesh.proveSplit(routing, home.split, { timeoutMs }));
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`${messageOf(cause)}\nThe previous weights are written again, but: ${messageOf(error)}`, 'Look at istiod now: the proxies named above serve what they had before.', { cause: error });
    }
}
async function setBack(mesh, routing, split, cause) {
    try {
        await mesh.setSplit(routing, split);
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`${messageOf(cause)}\n${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_1__/* .formatSplit */ .oe)(split)} could not be written again: ${messageOf(error)}`, 'Run the step again with to: previous, now.', { cause: error });
    }
}
/**
 * Moves all traffic back and proves it. When it cannot be proven the weights stay: they are what everyone wants.
 * @throws RollbackError
 */
async function moveBack(mesh, routing, target, timeoutMs) {
    const change = await mesh.setSplit(routing, target);
    try {
        const proof = await mesh.proveSplit(routing, target, { timeoutMs, sinceMs: change.acceptedMs });
        return { changed: change.changed, acceptedMs: change.acceptedMs, proof };
    }
    catch (error) {
        throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .RollbackError */ .ZS(`the weights are ${(0,_domain_split_js__WEBPACK_IMPORTED_MODULE_1__/* .formatSplit */ .oe)(target)} again, but: ${messageOf(error)}`, 'Look at istiod now: the proxies named above serve what they had before.', { cause: error });
    }
}
const messageOf = (error) => (error instanceof Error ? error.message : String(error));


/***/ }),

/***/ 6397:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   b: () => (/* binding */ envoyMetrics)
/* harmony export */ });
/**
 * The counters of every Envoy for the slot's endpoints: there at once, without scraping. They count attempts,
 * so that a retry which heals an error for the user does not hide it.
 */
const envoyMetrics = (mesh, routing, slot) => ({
    source: 'the counters of every Envoy, retries included',
    sample: async () => (await mesh.counters(routing)).slots[slot],
});


/***/ }),

/***/ 6830:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   w: () => (/* binding */ watch)
/* harmony export */ });
/* harmony import */ var _domain_counters_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1747);
/* harmony import */ var _domain_errorRate_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9740);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(525);



/** A line of the log every so often, not for every sample. */
const sayEveryMs = 10_000;
/** Takes samples until it is clear that the candidate is bad, or until the time is over. */
async function watch({ durationMs, intervalMs, limits }, { metrics, clock, log, signal }, title) {
    const startMs = clock.monotonic();
    const observations = [];
    let count = null;
    let unanswered = null;
    let saidMs = startMs;
    log.info(`watching ${title} for ${String(durationMs / 1000)} s by ${metrics.source}`);
    for (;;) {
        const sample = await sampleOrReason(metrics);
        const atMs = clock.monotonic() - startMs;
        if (typeof sample === 'string') {
            if (unanswered === null)
                log.warning(`no counters: ${sample}`);
            unanswered = sample;
        }
        else {
            unanswered = null;
            count = count === null ? (0,_domain_counters_js__WEBPACK_IMPORTED_MODULE_0__/* .startCount */ .si)(sample) : (0,_domain_counters_js__WEBPACK_IMPORTED_MODULE_0__/* .addSample */ .yl)(count, sample);
            observations.push({ atMs, total: count.total, silent: sample.silent });
        }
        const judgement = typeof sample === 'string' ? null : (0,_domain_errorRate_js__WEBPACK_IMPORTED_MODULE_1__/* .judgeNow */ .CS)(observations, limits);
        if (judgement !== null)
            return { judgement, observations };
        if (atMs >= durationMs) {
            return { judgement: (0,_domain_errorRate_js__WEBPACK_IMPORTED_MODULE_1__/* .judgeEnd */ .d8)(observations, limits, unanswered), observations };
        }
        if (clock.monotonic() - saidMs >= sayEveryMs && count !== null) {
            saidMs = clock.monotonic();
            log.info(`${String(Math.round(atMs / 1000))} s: ${(0,_domain_errorRate_js__WEBPACK_IMPORTED_MODULE_1__/* .formatTally */ .eQ)(count.total)}`);
        }
        await clock.sleep(Math.min(intervalMs, durationMs - atMs), signal);
    }
}
/** No answer is no verdict, and no reason to stop watching: the next sample counts what this one missed. */
async function sampleOrReason(metrics) {
    try {
        return await metrics.sample();
    }
    catch (error) {
        if (error instanceof _runtime_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ConnectionError */ .Rc || error instanceof _runtime_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .PreconditionError */ .Rb)
            return error.message;
        throw error;
    }
}


/***/ })

};
