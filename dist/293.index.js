export const id = 293;
export const ids = [293];
export const modules = {

/***/ 3293:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/cluster/podHealth.js
var podHealth = __webpack_require__(2691);
// EXTERNAL MODULE: ./lib/mesh/openService.js + 44 modules
var openService = __webpack_require__(6567);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/cluster/underLease.js
var underLease = __webpack_require__(9932);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/verify-green/inputs.js




/** RFC 9110 field name, of the letters that every proxy and cloud passes on; Istio wants it in lower case. */
const headerName = {
    allowed: 'the name of a header: letters, digits and hyphens',
    example: 'version',
    parse: (raw) => (/^[A-Za-z](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/.test(raw) ? raw.toLowerCase() : undefined),
};
const fields = {
    ...clusterInputs/* clusterFields */.i,
    ...underLease/* leaseFields */.I,
    'smoke-paths': (0,runtime_inputs/* required */.mw)(rules/* urlPaths */.wi),
    'expected-status': (0,runtime_inputs/* defaulted */.P_)((0,rules/* wholeNumber */.rD)(100, 599), '200'),
    header: (0,runtime_inputs/* defaulted */.P_)(headerName, 'version'),
    requests: (0,runtime_inputs/* defaulted */.P_)((0,rules/* wholeNumber */.rD)(1, 100), '3'),
    timeout: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(1_000, 600_000, '60s'), '60s'),
    'health-paths': (0,runtime_inputs/* defaulted */.P_)(rules/* urlPaths */.wi, '/actuator/health, /actuator/health/readiness, /actuator/health/liveness'),
};

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
;// CONCATENATED MODULE: ./lib/domain/smoke.js
/** The verdict of the tests. That the candidate answered, and not another, is part of it. */
function judgeSmoke({ health, probes, arrivals }, expectedStatus) {
    const [sick] = health;
    if (sick !== undefined)
        return { verdict: 'fail', reason: sick };
    const wrong = probes.filter(({ status }) => status !== expectedStatus);
    const [first] = wrong;
    if (first !== undefined) {
        const got = first.status === null ? `no answer (${first.trouble ?? ''})` : `status ${String(first.status)}`;
        return {
            verdict: 'fail',
            reason: `${String(wrong.length)} of ${String(probes.length)} requests went wrong: ${first.path} through ${first.via} got ${got}, not ${String(expectedStatus)}`,
        };
    }
    if (probes.length === 0)
        return { verdict: 'inconclusive', reason: 'not one request was sent' };
    const unknown = arrivals.find(({ counted }) => counted === null);
    if (unknown !== undefined) {
        return { verdict: 'inconclusive', reason: `${unknown.via} does not say where its requests went` };
    }
    const astray = arrivals.find(({ sent, counted }) => (counted ?? 0) < sent);
    if (astray !== undefined) {
        return {
            verdict: 'fail',
            reason: `of ${String(astray.sent)} requests through ${astray.via} only ${String(astray.counted)} reached the candidate`,
        };
    }
    const slowest = Math.max(...probes.map(({ ms }) => ms));
    return {
        verdict: 'pass',
        reason: `${String(probes.length)} requests through ${String(arrivals.length)} gateways, all ${String(expectedStatus)} and all from the candidate, the slowest ${String(Math.round(slowest))} ms`,
    };
}

// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./lib/domain/routing.js
var domain_routing = __webpack_require__(7926);
;// CONCATENATED MODULE: ./lib/actions/verify-green/candidate.js


/**
 * The deployed candidate of the release on record, which no user reaches yet.
 * @throws PreconditionError when there is none, or when users reach it already
 */
async function findCandidate(mesh, routing, release) {
    const { service, namespace } = routing.name;
    const version = release === null ? undefined : release.slots[release.candidate]?.version;
    if (release === null || version === undefined) {
        throw new errors/* PreconditionError */.Rb(`no candidate of ${service} is on record`, 'Run deploy-green first.');
    }
    const slot = release.candidate;
    if (!isToBeVerified(release)) {
        throw new errors/* PreconditionError */.Rb(`release ${release.id} of ${version} is ${release.phase}: there is nothing to verify`, 'Run deploy-green first: it puts a candidate into the slot without traffic.');
    }
    if ((0,domain_routing/* takesTraffic */.C)(routing, slot)) {
        throw new errors/* PreconditionError */.Rb(`${slot} takes traffic already: ${routing.disagreement ?? 'it is no candidate'}`, 'Move the traffic away first: switch-traffic with to: previous.');
    }
    const pods = (await mesh.pods(routing))[slot].filter(({ ready }) => ready);
    if (pods.length > 0)
        return { slot, version, pods };
    throw new errors/* PreconditionError */.Rb(`${slot} has no ready pod`, `Look at it: kubectl get pods -n ${namespace} -l ${Object.entries(routing.destinationRule.subsets[slot].labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(',')}`);
}
/** Deployed; or verified before, well or badly, or cut off in it: that may be done again. */
function isToBeVerified({ phase, verdicts }) {
    if (phase === 'failed')
        return verdicts.verify !== undefined;
    return phase === 'deployed' || phase === 'verifying' || phase === 'verified';
}

;// CONCATENATED MODULE: ./lib/actions/verify-green/preview.js

/**
 * Opens the header route, does something with it, and closes it whatever happens. Open and closed are both
 * proven in every gateway. What a killed run left open is replaced, and closed in the end.
 * @throws VerificationError when it could not be closed
 */
async function withPreview({ mesh, log, signal }, routing, preview, timeoutMs, use) {
    try {
        const opened = await mesh.openPreview(routing, preview);
        const proof = await mesh.provePreview(routing, preview, {
            timeoutMs,
            sinceMs: opened.acceptedMs,
            signal,
        });
        log.info(`✓ preview: requests with ${preview.header}: ${preview.value} reach ${preview.slot} through ${String(proof.proxies.length)} gateways, after ${String(Math.round(proof.worstMs))} ms`);
        return await use();
    }
    finally {
        // Whoever cancels wants it closed too: no signal here. Whoever took the lease closes it himself.
        if (!(signal.reason instanceof errors/* LostLeaseError */.PU))
            await preview_close(mesh, log, routing, timeoutMs);
    }
}
async function preview_close(mesh, log, { name }, timeoutMs) {
    try {
        const now = await mesh.read(name);
        const closed = await mesh.closePreview(now);
        const proof = await mesh.provePreview(now, null, { timeoutMs, sinceMs: closed.acceptedMs });
        log.info(`✓ preview closed: gone from ${String(proof.proxies.length)} proxies after ${String(Math.round(proof.worstMs))} ms`);
    }
    catch (error) {
        if (error instanceof errors/* LostLeaseError */.PU)
            throw error;
        throw new errors/* VerificationError */.mk(`the preview route could not be closed: ${error instanceof Error ? error.message : String(error)}`, `Run the step again, or remove the routes named ${name.service}-preview: kubectl edit virtualservice -n ${name.namespace}`, { cause: error });
    }
}

;// CONCATENATED MODULE: ./lib/actions/verify-green/report.js
function report(smoke, { verdict, reason }, { name, log, outputs, summary }) {
    log.info(`${verdict}: ${reason}`);
    outputs.set('verdict', verdict);
    outputs.set('report', JSON.stringify({ verdict, reason, ...smoke }));
    summary.heading(`${name.service} ${smoke.version}: ${verdict}`);
    summary.facts([
        ['verdict', reason],
        ['health', smoke.health.length === 0 ? 'well' : smoke.health.join('\n')],
        ...smoke.arrivals.map(({ via, sent, counted }) => [
            via,
            `${String(sent)} requests, ${String(counted ?? 'unknown how many')} reached the candidate`,
        ]),
    ]);
}

// EXTERNAL MODULE: ./lib/domain/counters.js
var counters = __webpack_require__(1747);
// EXTERNAL MODULE: ./lib/mesh/podView.js
var podView = __webpack_require__(7579);
;// CONCATENATED MODULE: ./lib/actions/verify-green/probes.js



/** The route's own timeout comes first where it has one; this one is for a gateway that never answers. */
const requestTimeoutMs = 40_000;
/** Sends the test requests through every gateway, and asks each where they went. */
async function sendProbes(inputs, tools, routing, preview) {
    const { mesh, log } = tools;
    const entries = await mesh.entries(routing);
    const before = (await mesh.counters(routing)).slots[preview.slot];
    // The gateways at once, the requests of each one after the other.
    const probes = (await Promise.all(entries.map((entry) => probeThrough(entry, inputs, tools, preview)))).flat();
    const after = (await mesh.counters(routing)).slots[preview.slot];
    const arrivals = entries.map(({ proxy }) => {
        const via = (0,podView/* formatProxy */.yt)(proxy);
        return {
            via,
            sent: probes.filter((probe) => probe.via === via).length,
            counted: arrivedBy((0,podView/* counterName */.E$)(proxy), before, after),
        };
    });
    const lines = probes.map(({ via, path, status, ms, trouble }) => `${via} ${path}: ${String(status ?? trouble)}, ${String(Math.round(ms))} ms`);
    log.group(`${String(probes.length)} test requests through ${String(entries.length)} gateways`, lines);
    return { probes, arrivals };
}
async function probeThrough({ proxy, port, host }, { requests, 'smoke-paths': paths }, { podHttp, clock, signal }, { header, value }) {
    const probes = [];
    for (const path of paths.flatMap((one) => Array(requests).fill(one))) {
        signal.throwIfAborted();
        const startMs = clock.monotonic();
        const headers = { host, [header]: value };
        const outcome = await podHttp
            .request(proxy.pod, port, { path, headers, timeoutMs: requestTimeoutMs })
            .then(({ status }) => ({ status, trouble: null }))
            .catch((error) => {
            if (error instanceof errors/* ConnectionError */.Rc)
                return { status: null, trouble: error.message };
            throw error;
        });
        probes.push({ via: (0,podView/* formatProxy */.yt)(proxy), path, ms: clock.monotonic() - startMs, ...outcome });
    }
    return probes;
}
/** null when the gateway was silent before or after. */
function arrivedBy(counter, before, after) {
    if (before.silent.includes(counter) || after.silent.includes(counter))
        return null;
    const own = (sample) => ({
        counters: sample.counters.filter((one) => one.counter === counter),
        silent: [],
    });
    return (0,counters/* addSample */.yl)((0,counters/* startCount */.si)(own(before)), own(after)).total.requests;
}

;// CONCATENATED MODULE: ./lib/actions/verify-green/run.js








/** Tests the candidate while no user reaches it: from inside, then through every gateway by a header route. */
async function verifyGreen(inputs, given) {
    const tools = await (0,underLease/* underLease */.z)(inputs, given);
    const { name, mesh, record, clock, log, signal } = tools;
    const routing = await mesh.read(name);
    const journal = await (0,cluster_journal/* openJournal */._)(record, name, clock, log);
    const { slot, version, pods } = await findCandidate(mesh, routing, journal.release);
    log.info(`candidate ${version} in ${slot}: ${String(pods.length)} ready pods`);
    await journal.enter('verifying', `${version} in ${slot}`);
    const health = await checkHealth(inputs, tools, pods);
    const options = { timeoutMs: inputs.timeout, signal };
    const ready = pods.map(({ ip }) => ip);
    const known = await mesh.proveSubset(routing, slot, ready, options);
    log.info(`✓ known: by all ${String(known.proxies.length)} proxies, ${String(ready.length)} healthy endpoints`);
    const preview = { slot, header: inputs.header, value: version };
    const { probes, arrivals } = await withPreview(tools, routing, preview, inputs.timeout, () => sendProbes(inputs, tools, routing, preview));
    const smoke = { version, health, probes, arrivals };
    const judgement = judgeSmoke(smoke, inputs['expected-status']);
    await journal.enter(judgement.verdict === 'pass' ? 'verified' : 'failed', judgement.reason, {
        verdicts: { verify: judgement },
    });
    report(smoke, judgement, tools);
    if (judgement.verdict === 'pass')
        return;
    throw new errors/* VerificationError */.mk(`${version} in ${slot} is not verified (${judgement.verdict}): ${judgement.reason}`, `No user was ever sent to it. Look at it: kubectl logs -n ${name.namespace} deployment/${name.service}-${slot}; then deploy a better one, or run this step again.`);
}
async function checkHealth(inputs, { name, podHealth, log }, pods) {
    const found = await Promise.all(pods.map(async ({ name: pod, port }) => port === null
        ? `${pod} does not have the port that the Service names`
        : podHealth.check({ namespace: name.namespace, name: pod }, port, inputs['health-paths'])));
    const sick = found.filter((line) => line !== null);
    if (sick.length === 0)
        log.info(`✓ health: ${inputs['health-paths'].join(', ')} of ${String(pods.length)} pods`);
    else
        log.group(`✗ health: ${String(sick.length)} of ${String(pods.length)} pods are not well`, sick);
    return sick;
}

;// CONCATENATED MODULE: ./lib/actions/verify-green/index.js






const main = () => (0,action/* runAction */.C)('verify-green', async (context) => {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(context.inputs, fields);
    const service = await (0,openService/* openService */.I)(context, inputs);
    const { podHttp, podProxy } = service.connection;
    await verifyGreen(inputs, { ...context, ...service, podHttp, podHealth: (0,podHealth/* proxiedHealth */.a)(podProxy) });
});


/***/ }),

/***/ 2691:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   a: () => (/* binding */ proxiedHealth)
/* harmony export */ });
/* unused harmony export judge */
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);

const proxiedHealth = (podProxy) => ({
    async check(pod, port, paths) {
        for (const path of paths) {
            const wrong = await podProxy.get(pod, port, path).then(judge, (error) => {
                // A pod that does not answer is ill; a missing right or an unreachable cluster is another matter.
                if (error instanceof _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .ConnectionError */ .Rc)
                    return error.message;
                throw error;
            });
            if (wrong !== null)
                return `${pod.name} ${path}: ${wrong}`;
        }
        return null;
    },
});
/** Source: Spring Boot Actuator, "Health Information": {"status": "UP", "components": {"db": {"status": "UP"}}}. */
function judge({ status, body }) {
    const report = parseHealth(body);
    const down = Object.entries(report.components)
        .filter(([, component]) => component.status !== undefined && component.status !== 'UP')
        .map(([name, component]) => `${name} ${component.status ?? ''}`);
    const because = down.length === 0 ? '' : ` (${down.join(', ')})`;
    if (status < 200 || status > 299)
        return `status ${String(status)}${because}`;
    if (report.status !== undefined && report.status !== 'UP')
        return `says ${report.status}${because}`;
    return null;
}
/** A body that is no JSON says nothing; its status code has spoken. */
function parseHealth(body) {
    try {
        const raw = JSON.parse(body);
        const components = typeof raw?.components === 'object' && raw.components !== null ? raw.components : {};
        return {
            status: typeof raw?.status === 'string' ? raw.status : undefined,
            components: components,
        };
    }
    catch {
        return { status: undefined, components: {} };
    }
}


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


/***/ })

};
