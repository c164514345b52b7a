export const id = 710;
export const ids = [710];
export const modules = {

/***/ 7710:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  eksAccess: () => (/* binding */ eksAccess)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-eks/dist-cjs/index.js
var dist_cjs = __webpack_require__(4524);
// EXTERNAL MODULE: ./lib/runtime/errors.js
var errors = __webpack_require__(525);
// EXTERNAL MODULE: ./node_modules/@smithy/signature-v4/dist-cjs/index.js
var signature_v4_dist_cjs = __webpack_require__(5118);
;// CONCATENATED MODULE: ./lib/cluster/eks/token.js

/**
 * The bearer token that EKS takes: a presigned STS GetCallerIdentity address which names the cluster in a signed
 * header. The cluster calls it and sees who we are. It lives for 15 minutes; the 60 s are what the format demands.
 * Source: aws-iam-authenticator, README "API Authorization from Outside a Cluster".
 */
async function eksToken({ clusterName, region, credentials, sha256, at, }) {
    const hostname = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
    const signer = new signature_v4_dist_cjs.SignatureV4({ service: 'sts', region, credentials, sha256 });
    const signed = await signer.presign({
        method: 'GET',
        protocol: 'https:',
        hostname,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host: hostname, 'x-k8s-aws-id': clusterName },
    }, {
        expiresIn: 60,
        signingDate: at,
        // As a signed header: hoisted into the query it would not name the cluster to the authenticator.
        unhoistableHeaders: new Set(['x-k8s-aws-id']),
    });
    const query = new URLSearchParams(Object.entries(signed.query ?? {}).map(([key, value]) => [key, String(value)]));
    const address = `https://${hostname}/?${query.toString()}`;
    return `k8s-aws-v1.${Buffer.from(address).toString('base64url')}`;
}

;// CONCATENATED MODULE: ./lib/cluster/eks/access.js



/** A token lives for 15 minutes; one this old is not handed out any more. */
const renewAfterMs = 10 * 60_000;
/**
 * Where an EKS cluster is, and how to sign in to it with the AWS identity at hand.
 * @throws PreconditionError (no such cluster, no AWS credentials), PermissionError (eks:DescribeCluster), ConnectionError
 */
async function eksAccess(clusterName, region, clock) {
    const client = new dist_cjs/* EKSClient */.JQJ({ region, maxAttempts: 3 });
    try {
        const { cluster } = await client.send(new dist_cjs/* DescribeClusterCommand */.hV5({ name: clusterName }), {
            abortSignal: AbortSignal.timeout(10_000),
        });
        const server = cluster?.endpoint;
        const caData = cluster?.certificateAuthority?.data;
        if (server === undefined || caData === undefined) {
            throw new errors/* PreconditionError */.Rb(`the EKS cluster ${clusterName} in ${region} has no endpoint (status ${cluster?.status ?? 'unknown'})`, 'Wait until it is ACTIVE: aws eks wait cluster-active.');
        }
        const access = {
            cluster: { name: clusterName, server: server.replace(/\/$/, ''), caData, skipTLSVerify: false },
            user: { name: 'aws' },
            title: `EKS cluster ${clusterName} in ${region}`,
            file: null,
        };
        const mint = () => eksToken({
            clusterName,
            region,
            credentials: client.config.credentials,
            sha256: client.config.sha256,
            at: new Date(clock.now()),
        });
        return { access, credentials: bearer(mint, clock) };
    }
    catch (error) {
        throw explain(error, clusterName, region);
    }
}
function bearer(mint, clock) {
    let token = null;
    return {
        current: async () => {
            if (token === null || clock.monotonic() - token.mintedMs > renewAfterMs) {
                token = { text: await mint(), mintedMs: clock.monotonic() };
            }
            return { headers: { Authorization: `Bearer ${token.text}` }, clientCertificate: null };
        },
    };
}
function explain(error, clusterName, region) {
    if (error instanceof errors/* RemedyError */.By)
        return error;
    const name = error instanceof Error ? error.name : '';
    const said = error instanceof Error ? error.message : String(error);
    if (name === 'ResourceNotFoundException') {
        return new errors/* PreconditionError */.Rb(`there is no EKS cluster ${clusterName} in ${region}`, 'Check the inputs cluster and aws-region, and that this is the right AWS account.');
    }
    if (name === 'AccessDeniedException') {
        return new errors/* PermissionError */.i_(`not allowed to describe the EKS cluster ${clusterName}: ${said}`, `Allow the IAM action eks:DescribeCluster on arn:aws:eks:${region}:<account>:cluster/${clusterName}.`);
    }
    if (name === 'CredentialsProviderError') {
        return new errors/* PreconditionError */.Rb(`there are no AWS credentials: ${said}`, 'Sign in first: aws-actions/configure-aws-credentials with role-to-assume, and permissions: id-token: write.');
    }
    if (['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'].includes(name)) {
        return new errors/* ConnectionError */.Rc(`AWS does not accept the credentials (${name}): ${said}`, 'Sign in to AWS again.');
    }
    return new errors/* ConnectionError */.Rc(`EKS in ${region} cannot be asked about cluster ${clusterName}: ${said}`, 'Check the region and that this machine reaches the AWS API.', { cause: error });
}


/***/ })

};
