export const id = 550;
export const ids = [550];
export const modules = {

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

/***/ 6656:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ clusterWorkloads)
/* harmony export */ });
/* harmony import */ var _domain_json_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(7708);
/* harmony import */ var _domain_workload_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4407);
/* harmony import */ var _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);
/* harmony import */ var _resources_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1735);




function clusterWorkloads(api) {
    return {
        async deployment(namespace, name) {
            const object = await api.get(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .deployments */ .bg, namespace, name);
            return object === null ? null : (0,_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .readWorkload */ .Ez)(object);
        },
        async pods(namespace, labels) {
            const objects = await api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .pods */ .Jw, { namespace, labels });
            return objects.map(_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .readPod */ .Ax).filter((pod) => pod !== null);
        },
        podCount: async (namespace, labels) => (await api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .pods */ .Jw, { namespace, labels })).length,
        async port({ service, namespace }, servicePort, containers) {
            const object = await api.get(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .services */ .$p, namespace, service);
            const port = object === null ? null : (0,_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .targetPort */ .hl)(object, servicePort, containers);
            if (port !== null)
                return port;
            throw new _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PreconditionError */ .Rb(`port ${String(servicePort)} of the Service ${namespace}/${service} leads to no port of the candidate's pods`, "Let the Service's targetPort name a port that the chart's container declares.");
        },
        async troubles(namespace, workload, labels) {
            const [podObjects, eventObjects] = await Promise.all([
                api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .pods */ .Jw, { namespace, labels }),
                eventsOf(api, namespace, workload),
            ]);
            return (0,_domain_workload_js__WEBPACK_IMPORTED_MODULE_2__/* .troubles */ .d4)(podObjects, eventObjects);
        },
        remove: (namespace, name) => api.delete(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .deployments */ .bg, namespace, name),
    };
}
/** Of the Deployment, its ReplicaSets and its pods: their names begin with its own. The newest last. */
async function eventsOf(api, namespace, workload) {
    const all = await api.list(_resources_js__WEBPACK_IMPORTED_MODULE_1__/* .events */ .AZ, { namespace }).catch((error) => {
        // What went wrong can be told without them; a missing right to read them must not hide it.
        if (error instanceof _runtime_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .PermissionError */ .i_)
            return [];
        throw error;
    });
    const isOurs = (event) => {
        const name = (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .textAt */ .$6)((0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .objectAt */ .lJ)(event, 'involvedObject'), 'name') ?? '';
        return name === workload || name.startsWith(`${workload}-`);
    };
    return all.filter(isOurs).sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
}
const timeOf = (event) => (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .textAt */ .$6)(event, 'lastTimestamp') ?? (0,_domain_json_js__WEBPACK_IMPORTED_MODULE_3__/* .textAt */ .$6)(event, 'eventTime') ?? event.metadata.creationTimestamp ?? '';


/***/ }),

/***/ 2279:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Oe: () => (/* binding */ adoptionProblem),
/* harmony export */   vO: () => (/* binding */ workloadName),
/* harmony export */   wH: () => (/* binding */ readRendered)
/* harmony export */ });
/* unused harmony export subsetFor */
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7708);
/* harmony import */ var _slot_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4398);
/* harmony import */ var _subsets_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3779);
/* harmony import */ var _workload_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4407);




const workloadName = (service, slot) => `${service}-${slot}`;
/** Kinds that both slots share: a slot's release that owned one would take it along when it is removed. */
const shared = ['VirtualService', 'DestinationRule', 'Gateway', 'Service', 'ServiceAccount', 'Namespace'];
/**
 * Looks at what a chart renders before anything is applied: one Deployment of the slot's name, with the image by
 * digest, labels that the slot's subset selects and the live one's does not, and nothing that the slots share.
 */
function readRendered(objects, wanted, routing) {
    const name = workloadName(routing.name.service, wanted.slot);
    const deployments = objects.filter((object) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(object, 'kind') === 'Deployment').map(_workload_js__WEBPACK_IMPORTED_MODULE_1__/* .readWorkload */ .Ez);
    const [workload, second] = deployments;
    if (workload?.name !== name || second !== undefined) {
        const found = deployments.map((one) => one.name).join(', ');
        return refused({
            what: `the chart renders ${found === '' ? 'no Deployment' : `the Deployments ${found}`}, where one called ${name} is wanted`,
            remedy: 'Use the reference chart (leave the input chart empty), or one that names its Deployment by fullnameOverride.',
        });
    }
    const problems = [
        ...objects.filter((object) => shared.includes((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(object, 'kind') ?? '')).map(sharedProblem),
        ...contentProblems(workload, wanted),
        ...subsetProblems(workload, wanted, routing),
    ];
    return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'workload', workload };
}
const refused = (...problems) => ({ kind: 'refused', problems });
const sharedProblem = (object) => ({
    what: `the chart renders the ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(object, 'kind') ?? ''} ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'metadata'), 'name') ?? ''}, which both slots share`,
    remedy: 'Keep what the slots share in a release of its own, as the reference chart does with part: routing.',
});
function contentProblems({ podLabels, containers, name }, { version, image }) {
    const problems = [];
    if (podLabels[_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp] !== version) {
        problems.push({
            what: `the pods of ${name} would have the label version: ${podLabels[_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp] ?? '(none)'}, not ${version}`,
            remedy: 'Let the chart set the pod label version from labels.version.',
        });
    }
    if (!containers.some((container) => container.image === image)) {
        problems.push({
            what: `no container of ${name} would run ${image}, but ${containers.map((one) => one.image).join(', ')}`,
            remedy: 'Let the chart build the image from image.repository and image.digest.',
        });
    }
    return problems;
}
/** By fixed label now, or by `version`, which the subset is pointed at once the pods are there. */
function subsetProblems({ podLabels, name }, wanted, routing) {
    const { subsets } = routing.destinationRule;
    const own = subsetFor(subsets[wanted.slot].labels, wanted.version);
    const live = (0,_slot_js__WEBPACK_IMPORTED_MODULE_3__/* .otherSlot */ .j)(wanted.slot);
    const problems = [];
    if (!(0,_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .selects */ .ko)(routing.selector, podLabels)) {
        problems.push({
            what: `the Service ${routing.name.service} selects ${labelsOf(routing.selector)}: not the pods of ${name}`,
            remedy: 'Let the chart set those labels on its pods.',
        });
    }
    if (!(0,_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .selects */ .ko)(own, podLabels)) {
        problems.push({
            what: `the subset ${wanted.slot} selects ${labelsOf(own)}; the pods of ${name} would have ${labelsOf(podLabels)}`,
            remedy: 'Let the pods have those labels. (The reference chart names the slot label by its value slotLabel.)',
        });
    }
    if ((0,_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .selects */ .ko)(subsets[live].labels, podLabels)) {
        problems.push({
            what: `the live subset ${live} selects ${labelsOf(subsets[live].labels)}: it would send users to the candidate at once`,
            remedy: _subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp in subsets[live].labels
                ? `The version ${wanted.version} is live already. Release another version.`
                : `Let the subset ${live} select by a label that only its own pods have.`,
        });
    }
    return problems;
}
/** The slot's subset as it will be: those that select by version follow the candidate. */
const subsetFor = (labels, version) => _subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp in labels ? { ...labels, [_subsets_js__WEBPACK_IMPORTED_MODULE_2__/* .versionLabel */ .dp]: version } : labels;
/** Whether the Deployment that stands there can become the rendered one; null when it can. */
function adoptionProblem(existing, rendered, release) {
    if (existing.helmRelease !== null && existing.helmRelease !== release) {
        return {
            what: `the Deployment ${existing.name} belongs to the Helm release ${existing.helmRelease}`,
            remedy: `Let ${release} own it: remove it from ${existing.helmRelease} first.`,
        };
    }
    if ((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .sameJson */ .Vk)(existing.selector, rendered.selector))
        return null;
    return {
        what: `the Deployment ${existing.name} selects ${labelsOf(existing.selector)}, the chart's ${labelsOf(rendered.selector)}, and a selector cannot be changed`,
        remedy: `It takes no traffic, so: kubectl delete deployment ${existing.name}, then run this step again. (Or set the chart's value slotLabel to the label it has.)`,
    };
}
const labelsOf = (labels) => Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');


/***/ }),

/***/ 4407:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ax: () => (/* binding */ readPod),
/* harmony export */   Ez: () => (/* binding */ readWorkload),
/* harmony export */   d4: () => (/* binding */ troubles),
/* harmony export */   hl: () => (/* binding */ targetPort)
/* harmony export */ });
/* unused harmony export readContainer */
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7708);

function readWorkload(object) {
    const metadata = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'metadata');
    const spec = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'spec');
    const template = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(spec, 'template');
    return {
        name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'name') ?? '',
        replicas: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(spec, 'replicas') ?? 1,
        selector: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(spec, 'selector'), 'matchLabels'),
        podLabels: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(template, 'metadata'), 'labels'),
        containers: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(template, 'spec'), 'containers').map(([, container]) => readContainer(container)),
        helmRelease: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(metadata, 'annotations')['meta.helm.sh/release-name'] ?? null,
        rolledOutAt: rolledOutAt((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'status')),
    };
}
/** Source: apps/v1 DeploymentCondition; `Progressing` is written while a rollout goes on, and once when it is done. */
function rolledOutAt(status) {
    const progressing = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'conditions').find(([, condition]) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'type') === 'Progressing');
    return progressing === undefined ? null : (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(progressing[1], 'lastUpdateTime');
}
const readContainer = (container) => ({
    name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') ?? '',
    image: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'image') ?? '',
    ports: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(container, 'ports').flatMap(([, port]) => {
        const number = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(port, 'containerPort');
        return number === null ? [] : [{ name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(port, 'name'), number }];
    }),
});
/** A Service's targetPort, by number or by name, as it is in a pod; null when the pod has none of that name. */
function targetPort(service, servicePort, containers) {
    const port = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(service, 'spec'), 'ports').find(([, one]) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(one, 'port') === servicePort)?.[1];
    if (port === undefined)
        return null;
    const named = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(port, 'targetPort');
    if (named === null)
        return (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(port, 'targetPort') ?? servicePort;
    return containers.flatMap(({ ports }) => ports).find(({ name }) => name === named)?.number ?? null;
}
/** null for a pod on its way out. */
function readPod(object) {
    const metadata = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'metadata');
    if ((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'deletionTimestamp') !== null)
        return null;
    const status = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'status');
    if ((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(status, 'phase') === 'Failed' || (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(status, 'phase') === 'Succeeded')
        return null;
    return {
        name: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'name') ?? '',
        namespace: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(metadata, 'namespace') ?? '',
        ip: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(status, 'podIP') ?? '',
        ready: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'conditions').some(([, condition]) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'type') === 'Ready' && (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(condition, 'status') === 'True'),
        labels: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(metadata, 'labels'),
        containers: (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(object, 'spec'), 'containers').map(([, container]) => readContainer(container)),
        imageIds: Object.fromEntries((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)(status, 'containerStatuses').map(([, container]) => [
            (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') ?? '',
            (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'imageID') ?? '',
        ])),
    };
}
/** What pods and events say about why a workload does not come up, one line each, nothing twice. */
function troubles(podObjects, eventObjects) {
    const ofPods = podObjects.flatMap((pod) => {
        const name = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'metadata'), 'name') ?? '';
        return containerTroubles((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'status')).map((line) => `pod ${name}: ${line}`);
    });
    const podNames = podObjects.map((pod) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(pod, 'metadata'), 'name'));
    const ofEvents = eventObjects
        .filter((event) => (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(event, 'type') === 'Warning')
        // Of pods that are gone nobody wants to know.
        .filter((event) => {
        const { kind, name } = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(event, 'involvedObject');
        return kind !== 'Pod' || podNames.includes(name ?? null);
    })
        .map((event) => {
        const { kind, name } = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textsAt */ .i1)(event, 'involvedObject');
        return `${kind ?? ''} ${name ?? ''}: ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(event, 'reason') ?? ''}: ${oneLine((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(event, 'message') ?? '')}`;
    });
    return [...new Set([...ofPods, ...ofEvents.slice(-8)])];
}
function containerTroubles(status) {
    const all = [...(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .listAt */ .gT)(status, 'initContainerStatuses'), ...(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .listAt */ .gT)(status, 'containerStatuses')];
    return (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectsAt */ .yR)({ all }, 'all').flatMap(([, container]) => {
        const name = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(container, 'name') ?? '';
        const waiting = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(container, 'state'), 'waiting');
        const reason = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(waiting, 'reason');
        const ended = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .objectAt */ .lJ)(container, 'lastState'), 'terminated');
        const exitCode = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(ended, 'exitCode');
        const lines = [];
        if (reason !== null && !['ContainerCreating', 'PodInitializing'].includes(reason)) {
            lines.push(`container ${name}: ${reason}: ${oneLine((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(waiting, 'message') ?? '')}`);
        }
        if (exitCode !== null) {
            lines.push(`container ${name}: ended with ${(0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .textAt */ .$6)(ended, 'reason') ?? 'Error'} (exit code ${String(exitCode)}), ${String((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .numberAt */ .tk)(container, 'restartCount') ?? 0)} restarts`);
        }
        return lines;
    });
}
const oneLine = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 400);


/***/ }),

/***/ 1859:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   w: () => (/* binding */ poll)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(525);

/**
 * Asks until `attempt` is done. Asks at least once, and once more at the deadline itself.
 * @throws DeadlineError with the last reason; the signal's reason when aborted
 */
async function poll(options, attempt) {
    const { clock, timeoutMs, intervalMs, signal } = options;
    const deadline = clock.monotonic() + timeoutMs;
    for (;;) {
        signal?.throwIfAborted();
        const outcome = await attempt();
        if (outcome.done)
            return outcome.value;
        const leftMs = deadline - clock.monotonic();
        if (leftMs <= 0) {
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .DeadlineError */ .j3(`gave up after ${String(Math.round(timeoutMs / 100) / 10)} s waiting for ${options.what}: ${outcome.reason}`, options.remedy);
        }
        await clock.sleep(Math.min(intervalMs, leftMs), signal);
    }
}


/***/ }),

/***/ 7732:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  L: () => (/* binding */ openHelm)
});

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
;// CONCATENATED MODULE: ./lib/tools/exec.js


/** A program that was told to end gets this long, then it is killed. */
const graceMs = 5_000;
const processExec = {
    run: ([program = '', ...args], { env = {}, stdin = '', timeoutMs, signal }) => new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const child = (0,external_node_child_process_.spawn)(program, args, {
            env: { ...process.env, ...env },
            stdio: ['pipe', 'pipe', 'pipe'],
            // A group of its own: Ctrl-C reaches us, and we end the program in good order.
            detached: true,
        });
        const stdout = [];
        const stderr = [];
        child.stdout.on('data', (chunk) => stdout.push(chunk));
        child.stderr.on('data', (chunk) => stderr.push(chunk));
        // A program that does not read its input is no failure; its exit code tells.
        child.stdin.on('error', () => undefined);
        child.stdin.end(stdin);
        let kill;
        const end = () => {
            child.kill('SIGTERM');
            kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
        };
        const deadline = setTimeout(end, timeoutMs);
        signal?.addEventListener('abort', end, { once: true });
        const tidy = () => {
            clearTimeout(deadline);
            clearTimeout(kill);
            signal?.removeEventListener('abort', end);
        };
        child.on('error', (error) => {
            tidy();
            reject(notStarted(program, error));
        });
        child.on('close', (exitCode) => {
            tidy();
            if (signal?.aborted === true) {
                const reason = signal.reason;
                reject(reason instanceof Error ? reason : new Error(String(reason)));
                return;
            }
            const text = (chunks) => Buffer.concat(chunks).toString('utf8');
            resolve({ exitCode, stdout: text(stdout), stderr: text(stderr) });
        });
    }),
};
const notStarted = (program, error) => new errors/* PreconditionError */.Rb(`the program ${program} cannot be started: ${error.message}`, `Install ${program} on the runner, in a step before this one, and see that it is on PATH.`, { cause: error });

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./lib/tools/helmArgv.js
const inNamespace = (namespace) => ['--namespace', namespace];
const values = (valuesFile) => [
    ...(valuesFile === null ? [] : ['--values', valuesFile]),
    '--values',
    '-',
];
/** Helm takes Go durations; whole seconds are enough. */
const goSeconds = (ms) => `${String(Math.ceil(ms / 1000))}s`;
const versionArgv = () => ['version', '--template', '{{.Version}}'];
/** Renders without a cluster: what would be applied, to be looked at first. */
const templateArgv = ({ name, namespace, chart, valuesFile }) => [
    'template',
    name,
    chart,
    ...inNamespace(namespace),
    ...values(valuesFile),
];
/** Flags that Helm 3 and Helm 4 have in common. No rollback on failure: the candidate stays for diagnosis. */
const upgradeArgv = (upgrade) => [
    'upgrade',
    '--install',
    upgrade.name,
    upgrade.chart,
    ...inNamespace(upgrade.namespace),
    ...values(upgrade.valuesFile),
    '--wait',
    '--timeout',
    goSeconds(upgrade.timeoutMs),
    '--history-max',
    '5',
    ...(upgrade.takeOwnership ? ['--take-ownership'] : []),
    ...(upgrade.takeOwnership && upgrade.serverSide ? ['--force-conflicts'] : []),
];
const statusArgv = ({ name, namespace }) => [
    'status',
    name,
    ...inNamespace(namespace),
    '--output',
    'json',
];
const uninstallArgv = ({ name, namespace }, timeoutMs) => [
    'uninstall',
    name,
    ...inNamespace(namespace),
    '--wait',
    '--timeout',
    goSeconds(timeoutMs),
];

;// CONCATENATED MODULE: ./lib/tools/helmOutput.js

/** @throws PreconditionError for a Helm that is too old to adopt objects (before 3.17), or is not understood */
function checkVersion(stdout) {
    const [version, major, minor] = /^v(\d+)\.(\d+)\.\d+\S*/.exec(stdout.trim()) ?? [];
    const works = major === '4' || (major === '3' && Number(minor) >= 17);
    if (version !== undefined && works)
        return version;
    throw new errors/* PreconditionError */.Rb(`helm on PATH says it is ${JSON.stringify(stdout.trim().slice(0, 80))}`, 'Helm 3.17 or newer, or any Helm 4, works: azure/setup-helm installs one.');
}
/** Helm 3 and 4 write the same fields; unknown ones are left alone. */
function parseStatus(stdout) {
    const raw = JSON.parse(stdout);
    const { status, last_deployed: lastDeployed } = raw.info ?? {};
    return {
        status: typeof status === 'string' ? status : 'unknown',
        revision: typeof raw.version === 'number' ? raw.version : 0,
        lastDeployed: typeof lastDeployed === 'string' ? lastDeployed : null,
    };
}
const saysNotFound = (stderr) => stderr.includes('release: not found');
/** What to do about Helm's own words. Source: messages of Helm 3.17–3.22 and 4.0–4.3. */
function remedyFor(stderr) {
    if (stderr.includes('invalid ownership metadata')) {
        return 'An object of that name belongs to another tool or release: delete it, or give the release another name.';
    }
    if (/another operation .* is in progress/.test(stderr)) {
        return 'Another helm works on this release. Wait until it ends, then run the step again.';
    }
    if (stderr.includes('conflict occurred while applying')) {
        return 'Another tool has changed fields that the chart sets: see which, and let only one of them set it.';
    }
    if (stderr.includes('forbidden: User')) {
        return 'Grant what helm names above, in the namespace, to the identity of this job.';
    }
    if (/timed out|deadline exceeded|not ready/.test(stderr)) {
        return 'See what its pods and events tell; the candidate stays as it is, so that you can look at it.';
    }
    return 'See what helm says. The candidate stays as it is; running the step again starts over.';
}
/** The end of what a program said on stderr, without Helm's progress chatter. */
const tail = (stderr, lines = 12) => stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(W\d|I\d|level=(DEBUG|INFO))/.test(line))
    .slice(-lines)
    .join('\n');

;// CONCATENATED MODULE: ./lib/tools/helm.js




const shortMs = 30_000;
/** Helm ends by itself at its own deadline and says why; ours is for a Helm that does not. */
const marginMs = 15_000;
function helmProgram(exec, access) {
    const run = async (argv, options) => {
        const whole = ['helm', ...argv];
        return { argv: whole, ...(await exec.run(whole, { ...options, env: access.env })) };
    };
    const onCluster = (argv) => [...argv, ...access.argv];
    return {
        async version() {
            return checkVersion(succeeded(await run(versionArgv(), { timeoutMs: shortMs })).stdout);
        },
        async template(upgrade, values) {
            const result = await run(templateArgv(upgrade), { timeoutMs: shortMs, stdin: (0,dist/* stringify */.As)(values) });
            return succeeded(result).stdout;
        },
        async upgrade(upgrade, values, signal) {
            const timeoutMs = upgrade.timeoutMs + marginMs;
            const argv = onCluster(upgradeArgv(upgrade));
            succeeded(await run(argv, { timeoutMs, stdin: (0,dist/* stringify */.As)(values), signal }));
        },
        async status(release) {
            const result = await run(onCluster(statusArgv(release)), { timeoutMs: shortMs });
            if (result.exitCode !== 0 && saysNotFound(result.stderr))
                return null;
            return parseStatus(succeeded(result).stdout);
        },
        async uninstall(release, timeoutMs) {
            const argv = onCluster(uninstallArgv(release, timeoutMs));
            const result = await run(argv, { timeoutMs: timeoutMs + marginMs });
            if (result.exitCode !== 0 && saysNotFound(result.stderr))
                return false;
            succeeded(result);
            return true;
        },
    };
}
function succeeded(result) {
    if (result.exitCode === 0)
        return result;
    throw new errors/* ToolError */.v4(result.argv, result.exitCode, tail(result.stderr), remedyFor(result.stderr));
}

;// CONCATENATED MODULE: ./lib/tools/openHelm.js


/** Helm as it is on the runner's PATH, signed in to the same cluster. What that needed is removed at the end. */
async function openHelm(connection, atExit) {
    const access = await connection.programAccess();
    atExit(() => access.remove());
    return helmProgram(processExec, access);
}


/***/ })

};
