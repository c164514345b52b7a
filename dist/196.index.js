export const id = 196;
export const ids = [196];
export const modules = {

/***/ 5196:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/mesh/openService.js + 44 modules
var openService = __webpack_require__(6567);
// EXTERNAL MODULE: ./lib/metrics/envoyMetrics.js
var envoyMetrics = __webpack_require__(6397);
// EXTERNAL MODULE: ./lib/domain/json.js
var json = __webpack_require__(7708);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
;// CONCATENATED MODULE: ./lib/metrics/prometheusMetrics.js


const timeoutMs = 10_000;
/**
 * Istio's own counters, as Prometheus has scraped them: requests as callers saw them, retries inside. Series by
 * series, so that one which begins with the first error counts from 0. Errors that a gateway made itself (no
 * route, no healthy endpoint) carry no workload; those of the service count against the candidate too.
 * Source: Istio, "Standard Metrics"; Prometheus, "HTTP API", instant queries.
 */
function prometheusMetrics(url, name, slot, get = httpGet) {
    return {
        source: `Prometheus at ${url.host}`,
        sample: async () => ({ counters: await query(get, url, queryFor(name, slot)), silent: [] }),
    };
}
/** Names come in as validated Kubernetes names: nothing in them can end a PromQL string. */
function queryFor({ service, namespace }, slot) {
    const candidate = `destination_workload="${service}-${slot}",destination_workload_namespace="${namespace}"`;
    const unknown = `destination_workload="unknown",destination_service_name="${service}",destination_service_namespace="${namespace}",response_code=~"5..|0"`;
    return [candidate, unknown]
        .map((labels) => `istio_requests_total{reporter="source",${labels}}`)
        .join(' or ');
}
async function query(get, base, promQl) {
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/$/, '')}/api/v1/query`;
    url.searchParams.set('query', promQl);
    const answer = await get(url, timeoutMs).catch((error) => {
        throw unanswered(base, error instanceof Error ? error.message : String(error), error);
    });
    const body = parse(answer.body);
    if (answer.status !== 200 || (0,json/* textAt */.$6)(body, 'status') !== 'success') {
        throw unanswered(base, `status ${String(answer.status)}: ${(0,json/* textAt */.$6)(body, 'error') ?? answer.body.slice(0, 200)}`);
    }
    return (0,json/* objectsAt */.yR)((0,json/* objectAt */.lJ)(body, 'data'), 'result').map(([, series]) => toCounter(series, base));
}
function parse(body) {
    try {
        const value = JSON.parse(body);
        return (0,json/* isObject */.Gv)(value) ? value : {};
    }
    catch {
        return {};
    }
}
/** `{metric: {labels}, value: [seconds, "12"]}`. */
function toCounter(series, base) {
    const labels = (0,json/* textsAt */.i1)(series, 'metric');
    const value = Array.isArray(series['value']) ? series['value'][1] : undefined;
    const requests = typeof value === 'string' ? Number(value) : Number.NaN;
    if (!Number.isFinite(requests))
        throw unanswered(base, `a counter has the value ${String(value)}`);
    const subject = Object.entries(labels)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, text]) => `${key}=${text}`)
        .join(',');
    return { counter: base.host, subject, requests, errors: isError(labels) ? requests : 0 };
}
/** 5xx, no answer at all (0, but not for a caller that left by itself: DC), or a gRPC status of the server's fault. */
function isError(labels) {
    const code = labels['response_code'] ?? '';
    const grpc = labels['grpc_response_status'] ?? '';
    return (/^5\d\d$/.test(code) ||
        (code === '0' && labels['response_flags'] !== 'DC') ||
        ['2', '4', '8', '12', '13', '14', '15'].includes(grpc));
}
const unanswered = (base, why, cause) => new errors/* ConnectionError */.Rc(`Prometheus at ${base.host} gives no counters: ${why}`, 'Check prometheus-url from where this step runs, or use metrics: envoy.', { cause });
async function httpGet(url, deadlineMs) {
    const response = await fetch(url, { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' });
    return { status: response.status, body: await response.text() };
}

// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/cluster/underLease.js
var underLease = __webpack_require__(9932);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/monitor-and-rollback/inputs.js





const fields = {
    ...clusterInputs/* clusterFields */.i,
    ...underLease/* leaseFields */.I,
    duration: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 86_400_000, '5m'), '5m'),
    interval: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(250, 60_000, '1s'), '1s'),
    'max-error-rate': (0,runtime_inputs/* defaulted */.P_)(rules/* percentage */.X1, '1%'),
    'min-requests': (0,runtime_inputs/* defaulted */.P_)((0,rules/* wholeNumber */.rD)(1, 1_000_000), '50'),
    metrics: (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('envoy', 'prometheus'), 'envoy'),
    'prometheus-url': (0,runtime_inputs/* optional */.lq)(rules/* httpUrl */.q3),
    'on-inconclusive': (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('fail', 'rollback', 'keep'), 'fail'),
    'rollback-timeout': (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 600_000, '15s'), '15s'),
};
/** @throws InputError also where two inputs do not go together */
function inputs_parse(given) {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(given, fields);
    if (inputs.metrics === 'prometheus' && inputs['prometheus-url'] === null) {
        throw new errors/* InputError */.dz([
            {
                input: 'prometheus-url',
                given: '',
                allowed: `with metrics: prometheus, ${rules/* httpUrl */.q3.allowed}`,
                example: rules/* httpUrl */.q3.example,
            },
        ]);
    }
    return inputs;
}

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
// EXTERNAL MODULE: ./lib/domain/split.js
var domain_split = __webpack_require__(5407);
// EXTERNAL MODULE: ./lib/metrics/watch.js
var watch = __webpack_require__(6830);
// EXTERNAL MODULE: ./lib/domain/errorRate.js
var errorRate = __webpack_require__(9740);
;// CONCATENATED MODULE: ./lib/actions/monitor-and-rollback/report.js

/** An output of a job holds 1 MB, and nobody reads more than this. */
const timelineLimit = 200;
function report({ watched, judgement, observations, rollback }, { outputs, summary }) {
    const { verdict, reason } = judgement;
    outputs.set('verdict', verdict);
    outputs.set('rolled-back', rollback !== null);
    outputs.set('timeline', JSON.stringify(thinned(observations).map(toRow)));
    summary.heading(`${watched.name.service} ${watched.title}: ${verdict}`);
    const total = observations.at(-1)?.total;
    summary.facts([
        ['verdict', reason],
        ['counted', total === undefined ? 'nothing' : (0,errorRate/* formatTally */.eQ)(total)],
        ['traffic', rollback === null ? 'stays' : `rolled back to ${rollback}`],
    ]);
}
const toRow = ({ atMs, total, silent }) => ({
    atMs: Math.round(atMs),
    ...total,
    ...(silent.length > 0 ? { silent } : {}),
});
/** Evenly, and always with the last one. */
function thinned(observations) {
    const step = Math.ceil(observations.length / timelineLimit);
    return observations.filter((_, index) => (observations.length - 1 - index) % step === 0);
}

// EXTERNAL MODULE: ./lib/mesh/goBack.js
var goBack = __webpack_require__(5564);
;// CONCATENATED MODULE: ./lib/actions/monitor-and-rollback/rollBack.js



/**
 * Moves all traffic back to what was before, and proves it. Listens to no signal, and no broken record stops it.
 * @returns one line for people, with the milliseconds from the decision to the proof
 * @throws RollbackError when nothing could serve there, or it could not be proven
 */
async function rollBack(inputs, { mesh, lease, clock, log }, journal, { name, title, previous }, judgement) {
    const decidedMs = clock.monotonic();
    const back = {
        target: previous,
        timeoutMs: inputs['rollback-timeout'],
        note: judgement.reason,
        changes: { verdicts: { ...journal.release?.verdicts, monitor: judgement } },
    };
    let moved;
    try {
        // Also when this step holds it: what is lost while going back must not stop it halfway.
        const [routing] = await Promise.all([mesh.read(name, 'back'), lease.take(name)]);
        moved = await (0,goBack/* goBack */.O)({ mesh, journal, log }, routing, back);
    }
    catch (error) {
        if (!(error instanceof errors/* PreconditionError */.Rb))
            throw error;
        throw new errors/* RollbackError */.ZS(`${title} is bad (${judgement.reason}), and ${error.message}`, error.remedy, {
            cause: error,
        });
    }
    const { proof } = moved;
    const ms = String(Math.round(clock.monotonic() - decidedMs));
    const line = `${(0,domain_split/* formatSplit */.oe)(previous)}: served by all ${String(proof.proxies.length)} proxies ${ms} ms after the decision, ${String(Math.round(proof.worstMs))} ms after the patch`;
    log.info(`rolled back to ${line}`);
    return line;
}

// EXTERNAL MODULE: ./lib/domain/slot.js
var slot = __webpack_require__(4398);
;// CONCATENATED MODULE: ./lib/actions/monitor-and-rollback/watched.js



/**
 * The candidate of the release on record, live now. Without a usable record, whatever is live.
 * @throws PreconditionError when nothing has been switched to
 */
function findWatched(routing, release) {
    const { name, live } = routing;
    if (release === null) {
        if (live === null)
            throw nothingToWatch(routing, 'there is no usable release record');
        return { name, slot: live, title: `slot ${live}`, previous: (0,domain_split/* all */.Q7)((0,slot/* otherSlot */.j)(live)), cutOff: false };
    }
    const { id, phase, candidate, slots, splitBefore } = release;
    const title = `${slots[candidate]?.version ?? 'the version'} in ${candidate}`;
    const watched = { name, slot: candidate, title, previous: splitBefore };
    if (phase === 'rolling-back')
        return { ...watched, cutOff: true };
    if (phase !== 'monitoring' && phase !== 'stable') {
        throw nothingToWatch(routing, `release ${id} is ${phase}`);
    }
    if (live !== candidate)
        throw nothingToWatch(routing, `${candidate} of release ${id} does not have all the traffic`);
    return { ...watched, cutOff: false };
}
function nothingToWatch({ split, disagreement }, why) {
    const now = split === null ? (disagreement ?? '') : (0,domain_split/* formatSplit */.oe)(split);
    return new errors/* PreconditionError */.Rb(`there is nothing to monitor: ${why}, and the traffic is at ${now}`, 'Run switch-traffic first: it moves the traffic to a verified candidate, or finishes a switch that was cut off.');
}

;// CONCATENATED MODULE: ./lib/actions/monitor-and-rollback/run.js








/** Watches the version that has just been switched to. A bad one is rolled back as soon as that is clear. */
async function monitorAndRollback(inputs, given) {
    const tools = await (0,underLease/* underLease */.z)(inputs, given);
    const { name, mesh, record, clock, log } = tools;
    const routing = await mesh.read(name);
    const journal = await (0,cluster_journal/* openJournalForRollback */.F)(record, name, clock, log);
    const watched = findWatched(routing, journal.release);
    const { judgement, observations } = watched.cutOff
        ? { judgement: cutOffRollback, observations: [] }
        : await (0,watch/* watch */.w)(watching(inputs), { ...tools, metrics: tools.metricsOf(routing, watched.slot) }, watched.title);
    log.info(`${judgement.verdict}: ${judgement.reason}`);
    let rollback = null;
    try {
        if (goesBack(judgement, inputs))
            rollback = await rollBack(inputs, tools, journal, watched, judgement);
        else
            await keep(mesh, journal, watched, judgement);
    }
    finally {
        // Also when the rollback failed: later steps have to know that it did not happen.
        report({ watched, judgement, observations, rollback }, tools);
    }
    if (rollback !== null) {
        throw new errors/* VerificationError */.mk(`${watched.title} is rolled back: ${judgement.reason}. ${rollback}`, `No user reaches it any more. ${watched.slot} still runs, for you to look at: kubectl logs -n ${name.namespace} deployment/${name.service}-${watched.slot}`);
    }
    if (judgement.verdict === 'pass' || inputs['on-inconclusive'] === 'keep')
        return;
    throw new errors/* VerificationError */.mk(`${watched.title} could not be judged (${judgement.verdict}): ${judgement.reason}. It keeps the traffic.`, 'Run this step again, longer or under more load; or set on-inconclusive to rollback or keep.');
}
const watching = (inputs) => ({
    durationMs: inputs.duration,
    intervalMs: inputs.interval,
    limits: { maxErrorShare: inputs['max-error-rate'], minRequests: inputs['min-requests'] },
});
const cutOffRollback = { verdict: 'fail', reason: 'a rollback was begun before and cut off' };
const goesBack = ({ verdict }, inputs) => verdict === 'fail' || (verdict !== 'pass' && inputs['on-inconclusive'] === 'rollback');
/** The traffic stays. Only a pass makes the release stable, and only if nobody moved the traffic meanwhile. */
async function keep(mesh, journal, watched, judgement) {
    const { live, split, disagreement, name } = await mesh.read(watched.name);
    if (live !== watched.slot) {
        throw new errors/* PreconditionError */.Rb(`someone moved the traffic while ${watched.title} was watched: ${split === null ? (disagreement ?? '') : (0,domain_split/* formatSplit */.oe)(split)}`, `Find out who did: kubectl get events -n ${name.namespace}. This step judged nothing.`);
    }
    if (journal.state.kind !== 'release')
        return;
    const phase = judgement.verdict === 'pass' ? 'stable' : 'monitoring';
    await journal.enter(phase, judgement.reason, {
        verdicts: { ...journal.release?.verdicts, monitor: judgement },
    });
}

;// CONCATENATED MODULE: ./lib/actions/monitor-and-rollback/index.js






const main = () => (0,action/* runAction */.C)('monitor-and-rollback', async (context) => {
    const inputs = inputs_parse(context.inputs);
    const service = await (0,openService/* openService */.I)(context, inputs);
    const url = inputs['prometheus-url'];
    await monitorAndRollback(inputs, {
        ...context,
        ...service,
        metricsOf: (routing, slot) => inputs.metrics === 'prometheus' && url !== null
            ? prometheusMetrics(url, service.name, slot)
            : (0,envoyMetrics/* envoyMetrics */.b)(service.mesh, routing, slot),
    });
});


/***/ }),

/***/ 9932:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ leaseFields),
/* harmony export */   z: () => (/* binding */ underLease)
/* harmony export */ });
/* harmony import */ var _runtime_inputs_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(963);
/* harmony import */ var _runtime_rules_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5323);


const leaseFields = {
    'on-busy': (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_0__/* .defaulted */ .P_)((0,_runtime_rules_js__WEBPACK_IMPORTED_MODULE_1__/* .oneOf */ .yL)('wait', 'fail'), 'wait'),
    'busy-timeout': (0,_runtime_inputs_js__WEBPACK_IMPORTED_MODULE_0__/* .defaulted */ .P_)((0,_runtime_rules_js__WEBPACK_IMPORTED_MODULE_1__/* .duration */ .p0)(0, 86_400_000, '60s'), '60s'),
};
/**
 * Takes the service's lease for the rest of the step.
 * @returns the same tools, whose signal ends also when the lease is lost
 * @throws BusyError while another release is under way
 */
async function underLease(inputs, tools) {
    const { name, lease, signal } = tools;
    const held = await lease.hold(name, {
        onBusy: inputs['on-busy'],
        timeoutMs: inputs['busy-timeout'],
        signal,
    });
    return { ...tools, signal: AbortSignal.any([signal, held.signal]) };
}


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
