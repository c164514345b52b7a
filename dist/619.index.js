export const id = 619;
export const ids = [619];
export const modules = {

/***/ 6619:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./lib/cluster/podHealth.js
var podHealth = __webpack_require__(2691);
// EXTERNAL MODULE: ./lib/cluster/workloads.js
var workloads = __webpack_require__(6656);
// EXTERNAL MODULE: ./lib/mesh/openService.js + 44 modules
var openService = __webpack_require__(6567);
// EXTERNAL MODULE: ./lib/runtime/action.js + 6 modules
var action = __webpack_require__(7976);
// EXTERNAL MODULE: ./lib/runtime/inputs.js
var runtime_inputs = __webpack_require__(963);
// EXTERNAL MODULE: ./lib/tools/openHelm.js + 4 modules
var openHelm = __webpack_require__(7732);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
;// CONCATENATED MODULE: ./lib/tools/referenceChart.js



/**
 * The folder of the chart that is shipped beside the program: charts/service, next to dist/.
 * @param program the file that node was started with (`process.argv[1]`): a bundle does not know its own place
 */
function referenceChart(program = process.argv[1] ?? '.') {
    const start = (0,external_node_path_.dirname)((0,external_node_fs_.existsSync)(program) ? (0,external_node_fs_.realpathSync)(program) : program);
    for (let folder = start;; folder = (0,external_node_path_.dirname)(folder)) {
        const chart = (0,external_node_path_.join)(folder, 'charts', 'service');
        if ((0,external_node_fs_.existsSync)((0,external_node_path_.join)(chart, 'Chart.yaml')))
            return chart;
        if ((0,external_node_path_.dirname)(folder) === folder)
            break;
    }
    throw new errors/* PreconditionError */.Rb(`the reference chart charts/service is not beside ${program}`, 'Use the published action, which brings it, or give the folder of a chart in the input chart.');
}

// EXTERNAL MODULE: ./lib/cluster/clusterInputs.js
var clusterInputs = __webpack_require__(453);
// EXTERNAL MODULE: ./lib/cluster/underLease.js
var underLease = __webpack_require__(9932);
// EXTERNAL MODULE: ./lib/runtime/rules.js
var rules = __webpack_require__(5323);
;// CONCATENATED MODULE: ./lib/actions/deploy-green/inputs.js




const fields = {
    ...clusterInputs/* clusterFields */.i,
    ...underLease/* leaseFields */.I,
    image: (0,runtime_inputs/* required */.mw)(rules/* imageByDigest */.jq),
    version: (0,runtime_inputs/* required */.mw)(rules/* versionLabel */.dp),
    chart: (0,runtime_inputs/* optional */.lq)(rules/* filePath */.s$),
    values: (0,runtime_inputs/* optional */.lq)(rules/* filePath */.s$),
    replicas: (0,runtime_inputs/* optional */.lq)((0,rules/* wholeNumber */.rD)(1, 1000)),
    timeout: (0,runtime_inputs/* defaulted */.P_)((0,rules/* duration */.p0)(10_000, 3_600_000, '5m'), '5m'),
    'health-paths': (0,runtime_inputs/* defaulted */.P_)(rules/* urlPaths */.wi, '/actuator/health, /actuator/health/readiness, /actuator/health/liveness'),
    'mesh-exposure': (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('refuse', 'allow'), 'refuse'),
    'unfinished-release': (0,runtime_inputs/* defaulted */.P_)((0,rules/* oneOf */.yL)('refuse', 'replace'), 'refuse'),
};

// EXTERNAL MODULE: ./lib/cluster/journal.js
var cluster_journal = __webpack_require__(6737);
// EXTERNAL MODULE: ./lib/domain/release.js
var release = __webpack_require__(8109);
// EXTERNAL MODULE: ./lib/domain/routing.js
var domain_routing = __webpack_require__(7926);
// EXTERNAL MODULE: ./lib/domain/slot.js
var slot = __webpack_require__(4398);
// EXTERNAL MODULE: ./lib/domain/split.js
var domain_split = __webpack_require__(5407);
;// CONCATENATED MODULE: ./lib/domain/candidate.js




/** The slots take turns: the candidate goes where no traffic goes (invariant 1). */
function chooseSlot(routing) {
    const { service } = routing.name;
    const { live, split, disagreement } = routing;
    if (live !== null && !(0,domain_routing/* takesTraffic */.C)(routing, (0,slot/* otherSlot */.j)(live))) {
        return { kind: 'chosen', live, candidate: (0,slot/* otherSlot */.j)(live) };
    }
    const what = split === null
        ? `the routes of ${service} disagree: ${disagreement ?? 'no single split'}`
        : `both slots of ${service} take traffic (${(0,domain_split/* formatSplit */.oe)(split)}): no slot is free for a candidate`;
    return {
        kind: 'refused',
        problem: {
            what,
            remedy: `Give one slot everything first: switch-traffic with to: blue or to: green. (A service without any release: install its routing with weights blue 100 / green 0, and its first version in slot blue.)`,
        },
    };
}
/** Phases in which no traffic has moved yet. */
const beforeTraffic = ['deploying', 'deployed', 'verifying', 'verified'];
/**
 * What a deploy does about the release that the record tells of: one at a time. The same version again goes on
 * where it stopped; another one replaces a release that never took traffic only when told to.
 */
function openRelease(last, wanted, unfinished) {
    if (last === null || (0,release/* isSettled */.Is)(last))
        return { kind: 'new', replaces: null };
    const content = last.slots[last.candidate];
    const its = `release ${last.id} of version ${content?.version ?? 'unknown'} is in phase ${last.phase}`;
    if (!beforeTraffic.includes(last.phase) || last.candidate !== wanted.candidate) {
        return {
            kind: 'refused',
            problem: {
                what: its,
                remedy: 'Finish it: monitor-and-rollback settles it, switch-traffic with to: previous takes it back, cleanup-blue ends one that is cleaning.',
            },
        };
    }
    if (content?.version === wanted.version && content.image === wanted.image) {
        return { kind: 'resume', release: last };
    }
    if (unfinished === 'replace')
        return { kind: 'new', replaces: last };
    return {
        kind: 'refused',
        problem: {
            what: `${its}, and only one release of a service is under way at a time`,
            remedy: 'Finish it, or set unfinished-release: replace, which is possible because it takes no traffic yet.',
        },
    };
}

// EXTERNAL MODULE: ./lib/domain/subsets.js
var subsets = __webpack_require__(3779);
;// CONCATENATED MODULE: ./lib/domain/candidatePods.js

/**
 * What is not yet as it must be: as many pods as wanted, each ready, of that version and running exactly that
 * image. Null when all is well.
 */
function podsShortfall(pods, content, replicas) {
    const wrong = pods.flatMap((pod) => {
        const reason = podShortfall(pod, content);
        return reason === null ? [] : [`${pod.name} ${reason}`];
    });
    if (wrong.length > 0)
        return wrong.join('; ');
    return pods.length === replicas ? null : `${String(pods.length)} of ${String(replicas)} pods are there`;
}
function podShortfall(pod, { version, image }) {
    if (pod.labels[subsets/* versionLabel */.dp] !== version)
        return `is of version ${pod.labels[subsets/* versionLabel */.dp] ?? '(none)'}`;
    const container = pod.containers.find((one) => one.image === image);
    if (container === undefined) {
        return `runs ${pod.containers.map((one) => one.image).join(', ')} instead of ${image}`;
    }
    if (!pod.ready)
        return 'is not ready';
    return digestShortfall(pod.imageIds[container.name] ?? '', image);
}
/** Some runtimes tell only a configuration's digest, which says nothing about the one we asked for. */
function digestShortfall(imageId, image) {
    const [repository] = image.split('@');
    const isComparable = imageId.includes(`${repository ?? ''}@sha256:`);
    return isComparable && !imageId.endsWith(image) ? `was started from ${imageId}` : null;
}

// EXTERNAL MODULE: ./lib/runtime/poll.js
var poll = __webpack_require__(1859);
;// CONCATENATED MODULE: ./lib/actions/deploy-green/bringUp.js



/** Helm has waited for the rollout; what is left is seconds. */
const podsTimeoutMs = 60_000;
const intervalMs = 500;
/** An earlier run that was killed may have left a helm that still works. */
const strayHelmTimeoutMs = 30_000;
/**
 * Applies the plan and sees it through: rolled out, every pod of exactly that image, every pod well.
 * @returns the candidate's pods
 * @throws VerificationError with what pods and events tell; ToolError for what is Helm's alone
 */
async function bringUp(inputs, tools, routing, wanted, plan) {
    const { name, log } = tools;
    try {
        await settleHelm(tools, plan);
        if (plan.upgrade.takeOwnership)
            log.info(`${plan.upgrade.name} was made without Helm: Helm takes it over`);
        await tools.helm.upgrade(plan.upgrade, plan.values, tools.signal);
        log.info(`✓ rolled out: ${plan.workload.name}`);
        const pods = await exactPods(tools, wanted, plan);
        log.info(`✓ pods: ${String(pods.length)} ready, each of ${wanted.version} and running ${wanted.image}`);
        const port = await tools.workloads.port(name, routing.port, plan.workload.containers);
        await healthyPods(tools, plan, pods, port, inputs['health-paths']);
        log.info(`✓ health: ${inputs['health-paths'].join(', ')} of ${String(pods.length)} pods`);
        return pods;
    }
    catch (error) {
        throw await withTroubles(error, tools, wanted, plan);
    }
}
/** A helm that was cut off leaves its release pending, which blocks every later one. The slot takes no traffic. */
async function settleHelm({ helm, clock, log, signal }, { upgrade }) {
    const isPending = async () => (await helm.status(upgrade))?.status.startsWith('pending-') ?? false;
    const deadline = clock.monotonic() + strayHelmTimeoutMs;
    while (await isPending()) {
        if (clock.monotonic() > deadline) {
            log.warning(`the Helm release ${upgrade.name} was left half done by an earlier run: it is removed first`);
            await helm.uninstall(upgrade, upgrade.timeoutMs);
            return;
        }
        await clock.sleep(2_000, signal);
    }
}
const exactPods = ({ name, workloads, clock, signal }, wanted, { workload, replicas }) => (0,poll/* poll */.w)({
    clock,
    signal,
    timeoutMs: podsTimeoutMs,
    intervalMs,
    what: `the pods of ${workload.name}`,
    remedy: `Look at them: kubectl get pods -n ${name.namespace}.`,
}, async () => {
    const pods = await workloads.pods(name.namespace, workload.selector);
    const reason = podsShortfall(pods, wanted, replicas);
    return reason === null ? { done: true, value: pods } : { done: false, reason };
});
const healthyPods = ({ name, podHealth, clock, signal }, { workload }, pods, port, paths) => (0,poll/* poll */.w)({
    clock,
    signal,
    timeoutMs: podsTimeoutMs,
    intervalMs,
    what: 'every pod to be well',
    remedy: `See what they log: kubectl logs -n ${name.namespace} deployment/${workload.name}.`,
}, async () => {
    const found = await Promise.all(pods.map((pod) => podHealth.check(pod, port, paths)));
    const sick = found.filter((line) => line !== null);
    return sick.length === 0 ? { done: true, value: true } : { done: false, reason: sick.join('; ') };
});
/** Helm says that it timed out; pods and events say why. */
async function withTroubles(error, { name, workloads, signal }, { version, slot }, { workload }) {
    if (signal.aborted)
        return error;
    const lines = await workloads.troubles(name.namespace, workload.name, workload.selector).catch(() => []);
    if (lines.length === 0)
        return error;
    const message = error instanceof Error ? error.message : String(error);
    return new errors/* VerificationError */.mk(`${version} did not come up in ${slot}\n${message}\n${lines.map((line) => `  ${line}`).join('\n')}\nTraffic was not touched.`, error instanceof errors/* ToolError */.v4
        ? error.remedy
        : `The candidate stays as it is, so that you can look at it: kubectl describe pods -n ${name.namespace}.`, { cause: error });
}

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
// EXTERNAL MODULE: ./lib/domain/host.js
var host = __webpack_require__(576);
// EXTERNAL MODULE: ./lib/domain/json.js
var json = __webpack_require__(7708);
;// CONCATENATED MODULE: ./lib/domain/exposure.js



/**
 * The VirtualService to add so that the weights steer callers inside the mesh too (invariant 12): one
 * catch-all route for the service's own host, bound to the mesh, with the weights of now and the timeout and
 * retries of the route that users take. null when the mesh is governed already.
 */
function meshRouteToAdd(routing) {
    if (routing.meshGoverned)
        return null;
    const { name, port } = routing;
    const split = routing.split ?? (0,domain_split/* all */.Q7)(routing.live ?? 'blue');
    const entry = (subset) => ({
        destination: { host: (0,host/* fqdn */.Y)(name), port: { number: port }, subset },
        weight: split[subset],
    });
    return {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name: `${name.service}-mesh`, namespace: name.namespace },
        spec: {
            hosts: [(0,host/* fqdn */.Y)(name)],
            gateways: ['mesh'],
            http: [{ name: 'mesh', route: [entry('blue'), entry('green')], ...policyOfUsers(routing) }],
        },
    };
}
function policyOfUsers({ virtualServices }) {
    const [first] = virtualServices;
    const route = (0,json/* listAt */.gT)((0,json/* objectAt */.lJ)(first?.object ?? {}, 'spec'), 'http')[first?.routes[0]?.index ?? 0];
    const kept = ['timeout', 'retries'].filter((field) => route?.[field] !== undefined);
    return Object.fromEntries(kept.map((field) => [field, route?.[field]]));
}

;// CONCATENATED MODULE: ./lib/actions/deploy-green/exposure.js



/**
 * The Service selects the pods of both slots. Where no VirtualService steers the mesh, callers inside it reach the
 * candidate as soon as it is ready (invariant 12): they are named, and the change that prevents it is printed.
 * @throws PreconditionError unless that is allowed
 */
async function refuseExposure(exposure, mesh, log, routing, { version, slot }) {
    const missing = meshRouteToAdd(routing);
    if (missing === null)
        return;
    const callers = await mesh.callers(routing);
    const consequence = `no VirtualService steers the callers of ${routing.name.service} inside the mesh: they would reach ${version} in ${slot} as soon as it is ready, whatever the weights`;
    if (exposure === 'allow') {
        log.group(`Callers inside the mesh: ${String(callers.length)}`, callers.map(formatCaller));
        log.warning(`${consequence}. mesh-exposure: allow goes on all the same.`);
        return;
    }
    const yaml = (0,dist/* stringify */.As)(missing).trimEnd().split('\n');
    log.group('The VirtualService that steers them (kubectl apply -f -)', [...yaml, '']);
    throw new errors/* PreconditionError */.Rb(`${consequence}.\n${callers.length === 0 ? '  (no pod with a sidecar is there now)' : callers.map((caller) => `  ${formatCaller(caller)}`).join('\n')}\nNothing was deployed.`, 'Apply the VirtualService printed above, then run this step again. (mesh-exposure: allow goes on without it, and lets those callers reach the candidate untested.)');
}
const formatCaller = ({ pod, requests }) => `${pod.namespace}/${pod.name}: ${String(requests)} requests to it so far`;

;// CONCATENATED MODULE: ./lib/actions/deploy-green/proxies.js

const proofTimeoutMs = 30_000;
/**
 * Lets the candidate's subset select it, and sees that every proxy knows it, long before any weight moves: a
 * change of subset and weight in one push answers 503. Subsets by a fixed label need no change.
 * @throws DeadlineError naming the proxies that never knew it
 */
async function showToProxies({ name, mesh, log, signal }, routing, { slot, version }, pods) {
    const byVersion = subsets/* versionLabel */.dp in routing.destinationRule.subsets[slot].labels;
    if (byVersion && (await mesh.setSubsetVersion(routing, slot, version))) {
        log.info(`the subset ${slot} selects ${subsets/* versionLabel */.dp}: ${version} now`);
    }
    const endpoints = pods.map(({ ip }) => ip);
    const { proxies, worstMs } = await mesh.proveSubset(await mesh.read(name), slot, endpoints, {
        timeoutMs: proofTimeoutMs,
        signal,
    });
    log.info(`✓ known: by all ${String(proxies.length)} proxies, ${String(endpoints.length)} healthy endpoints, after ${String(Math.round(worstMs))} ms`);
}

// EXTERNAL MODULE: ./lib/cluster/releaseRecord.js + 2 modules
var releaseRecord = __webpack_require__(9709);
;// CONCATENATED MODULE: ./lib/domain/releaseId.js
/**
 * Tells people when a release began and what it brings: `rel-20261121022400-9f86d0`.
 * @param image `repository@sha256:…`
 */
function releaseId(at, image) {
    const [, digest = ''] = image.split('@sha256:');
    return `rel-${at.toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${digest.slice(0, 6)}`;
}

;// CONCATENATED MODULE: ./lib/actions/deploy-green/release.js







/**
 * The release to begin, or to go on with: nothing is saved yet.
 * @throws PreconditionError while another release is under way, or over a record that cannot be read
 */
function beginRelease({ state, release: last }, wanted, unfinished, { name, split }, { clock, log, run }) {
    if (state.kind === 'unreadable') {
        throw new errors/* PreconditionError */.Rb(`the release record ConfigMap ${name.namespace}/${(0,releaseRecord/* recordName */.xD)(name)} cannot be used: ${state.reason}`, 'Use the newer version of these actions that wrote it; or, when no release is under way, delete the ConfigMap.');
    }
    const opening = openRelease(last, { ...wanted, candidate: wanted.slot }, unfinished);
    if (opening.kind === 'refused')
        throw new errors/* PreconditionError */.Rb(opening.problem.what, opening.problem.remedy);
    const at = new Date(clock.now());
    if (opening.kind === 'resume') {
        log.info(`going on with release ${opening.release.id}, which stopped in phase ${opening.release.phase}`);
        return (0,release/* enter */.Ve)({ ...opening.release, verdicts: {} }, 'deploying', `${wanted.version} again`, at);
    }
    if (opening.replaces !== null) {
        log.warning(`release ${opening.replaces.id}, which never took traffic, is given up for this one`);
    }
    const fresh = {
        id: releaseId(at, wanted.image),
        ...name,
        phase: 'deploying',
        candidate: wanted.slot,
        slots: {},
        splitBefore: split ?? (0,domain_split/* all */.Q7)((0,slot/* otherSlot */.j)(wanted.slot)),
        splitAfter: null,
        verdicts: {},
        timeline: [],
        runUrl: run.url,
        actor: run.actor,
    };
    return (0,release/* enter */.Ve)(fresh, 'deploying', `${wanted.version} into ${wanted.slot}`, at);
}

// EXTERNAL MODULE: ./lib/domain/renderedChart.js
var renderedChart = __webpack_require__(2279);
;// CONCATENATED MODULE: ./lib/tools/manifests.js


/** The objects in a stream of YAML documents, as `helm template` writes it. Empty documents are left out. */
const parseManifests = (text) => [...(0,dist/* parseAllDocuments */.hR)(text)].map((document) => document.toJS()).filter(json/* isObject */.Gv);

;// CONCATENATED MODULE: ./lib/actions/deploy-green/workload.js




/**
 * Renders the chart with the slot's values and checks what comes out against the routing and the cluster.
 * @throws PreconditionError with everything that is wrong
 */
async function planWorkload(inputs, { name, mesh, workloads, helm, chart, log }, routing, wanted, live) {
    const { service, namespace } = name;
    const release = (0,renderedChart/* workloadName */.vO)(service, wanted.slot);
    const [helmVersion, liveWorkload, existing] = await Promise.all([
        helm.version(),
        workloads.deployment(namespace, (0,renderedChart/* workloadName */.vO)(service, live)),
        workloads.deployment(namespace, release),
    ]);
    const liveReplicas = liveWorkload?.replicas ?? (await mesh.pods(routing))[live].length;
    const replicas = inputs.replicas ?? Math.max(1, liveReplicas);
    log.info(`helm ${helmVersion}; ${String(replicas)} pods: ${live}, which is live, has ${String(liveReplicas)}`);
    const values = valuesFor(service, wanted, replicas);
    const upgrade = {
        name: release,
        namespace,
        chart,
        valuesFile: inputs.values,
        timeoutMs: inputs.timeout,
        takeOwnership: existing !== null && existing.helmRelease === null,
        serverSide: helmVersion.startsWith('v4.'),
    };
    const rendered = (0,renderedChart/* readRendered */.wH)(parseManifests(await helm.template(upgrade, values)), wanted, routing);
    if (rendered.kind === 'refused')
        throw refusal(rendered.problems);
    const { workload } = rendered;
    const adoption = existing === null ? null : (0,renderedChart/* adoptionProblem */.Oe)(existing, workload, release);
    if (adoption !== null)
        throw refusal([adoption]);
    return { upgrade, values, workload, replicas, liveContent: contentOf(live, liveWorkload) };
}
/** Ours come last and win over the user's file. */
function valuesFor(service, { slot, version, image }, replicas) {
    const [repository, digest] = image.split('@');
    return {
        part: 'workload',
        app: service,
        slot,
        fullnameOverride: (0,renderedChart/* workloadName */.vO)(service, slot),
        labels: { version },
        image: { repository, digest },
        replicaCount: replicas,
    };
}
function contentOf(slot, workload) {
    const version = workload?.podLabels[subsets/* versionLabel */.dp];
    const image = workload?.containers[0]?.image;
    return version === undefined || image === undefined ? {} : { [slot]: { version, image } };
}
const refusal = (problems) => new errors/* PreconditionError */.Rb(problems.map(({ what }) => what).join('\n'), problems.map(({ remedy }) => remedy).join('\n  '));

;// CONCATENATED MODULE: ./lib/actions/deploy-green/run.js









/** Brings a version up in the slot that takes no traffic, as strong as the live one, and lets the proxies know it. */
async function deployGreen(inputs, given) {
    const startMs = given.clock.monotonic();
    const tools = await (0,underLease/* underLease */.z)(inputs, given);
    const { name, mesh, record, clock, log, outputs, summary } = tools;
    const { version, image } = inputs;
    const routing = await mesh.read(name);
    const { live, candidate } = choose(routing);
    const wanted = { slot: candidate, version, image };
    log.info(`${live} takes all traffic of ${name.service}: ${version} goes into ${candidate}`);
    // Everything that could refuse does so before anything is written.
    const journal = await (0,cluster_journal/* openJournal */._)(record, name, clock, log);
    const release = beginRelease(journal, wanted, inputs['unfinished-release'], routing, tools);
    const plan = await planWorkload(inputs, tools, routing, wanted, live);
    await refuseExposure(inputs['mesh-exposure'], mesh, log, routing, wanted);
    await journal.begin({ ...release, slots: { ...plan.liveContent, [candidate]: { version, image } } });
    outputs.set('release-id', release.id);
    outputs.set('slot', candidate);
    outputs.set('version', version);
    try {
        const pods = await bringUp(inputs, tools, routing, wanted, plan);
        await showToProxies(tools, routing, wanted, pods);
    }
    catch (error) {
        await journal.tryEnter('failed', `${version} did not come up in ${candidate}`);
        throw error;
    }
    await journal.enter('deployed', `${version} in ${candidate}, ${String(plan.replicas)} pods`);
    const durationMs = Math.round(clock.monotonic() - startMs);
    outputs.set('duration-ms', durationMs);
    log.info(`${version} is ready in ${candidate} after ${seconds(durationMs)}; it takes no traffic yet`);
    summary.heading(`${name.service}: ${version} is up in ${candidate}`);
    summary.facts([
        ['Release', release.id],
        ['Image', image],
        ['Pods', `${String(plan.replicas)} ready, each healthy`],
        ['Took', seconds(durationMs)],
        ['Traffic', `all in ${live}, as before`],
    ]);
}
function choose(routing) {
    const choice = chooseSlot(routing);
    if (choice.kind === 'chosen')
        return choice;
    throw new errors/* PreconditionError */.Rb(choice.problem.what, choice.problem.remedy);
}
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

;// CONCATENATED MODULE: ./lib/actions/deploy-green/index.js









const main = () => (0,action/* runAction */.C)('deploy-green', async (context) => {
    const inputs = (0,runtime_inputs/* parseInputs */.TL)(context.inputs, fields);
    const service = await (0,openService/* openService */.I)(context, inputs);
    await deployGreen(inputs, {
        ...context,
        ...service,
        workloads: (0,workloads/* clusterWorkloads */.D)(service.connection.api),
        podHealth: (0,podHealth/* proxiedHealth */.a)(service.connection.podProxy),
        helm: await (0,openHelm/* openHelm */.L)(service.connection, (close) => context.atExit(close)),
        chart: inputs.chart ?? referenceChart(),
    });
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


/***/ })

};
