package mesh

import (
	"strconv"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	fault "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/common/fault/v3"
	cors "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/cors/v3"
	httpfault "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3"
	previous "github.com/envoyproxy/go-control-plane/envoy/extensions/retry/host/previous_hosts/v3"
	envoytype "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"
)

const defaultRetryOn = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes"

// retryPolicy translates retries; nil asks for Istio's defaults (2 retries
// where nothing can have reached the service), attempts 0 switches retries off.
func retryPolicy(in *networking.HTTPRetry) *route.RetryPolicy {
	out := &route.RetryPolicy{
		RetryOn:    defaultRetryOn,
		NumRetries: wrapperspb.UInt32(2),
		RetryHostPredicate: []*route.RetryPolicy_RetryHostPredicate{{
			Name: "envoy.retry_host_predicates.previous_hosts",
			ConfigType: &route.RetryPolicy_RetryHostPredicate_TypedConfig{
				TypedConfig: packed(&previous.PreviousHostsPredicate{})},
		}},
		HostSelectionRetryMaxAttempts: 5,
	}
	if in == nil {
		return out
	}
	if in.Attempts <= 0 {
		return nil
	}
	out.NumRetries = wrapperspb.UInt32(uint32(in.Attempts))
	out.PerTryTimeout = in.PerTryTimeout
	if in.RetryOn != "" {
		out.RetryOn, out.RetriableStatusCodes = retryConditions(in.RetryOn)
	}
	if in.Backoff != nil {
		out.RetryBackOff = &route.RetryPolicy_RetryBackOff{BaseInterval: in.Backoff}
	}
	if in.RetryIgnorePreviousHosts != nil && !in.RetryIgnorePreviousHosts.Value {
		out.RetryHostPredicate = nil
	}
	return out
}

// retryConditions splits retryOn into Envoy's conditions and the bare status
// codes that Istio allows among them.
func retryConditions(retryOn string) (string, []uint32) {
	var conditions []string
	var codes []uint32
	for _, part := range strings.Split(retryOn, ",") {
		part = strings.TrimSpace(part)
		if code, err := strconv.ParseUint(part, 10, 32); err == nil && code >= 100 && code <= 599 {
			codes = append(codes, uint32(code))
		} else if part != "" {
			conditions = append(conditions, part)
		}
	}
	joined := strings.Join(conditions, ",")
	if len(codes) > 0 && !strings.Contains(joined, "retriable-status-codes") {
		joined = strings.TrimPrefix(joined+",retriable-status-codes", ",")
	}
	return joined, codes
}

// mirrorPolicy copies a share of the traffic; nil share means all of it.
func mirrorPolicy(cluster string, percent *networking.Percent) *route.RouteAction_RequestMirrorPolicy {
	value := 100.0
	if percent != nil {
		value = percent.Value
	}
	if value <= 0 {
		return nil
	}
	return &route.RouteAction_RequestMirrorPolicy{
		Cluster:                       cluster,
		RuntimeFraction:               &core.RuntimeFractionalPercent{DefaultValue: millionths(value)},
		TraceSampled:                  wrapperspb.Bool(false),
		DisableShadowHostSuffixAppend: true,
	}
}

func millionths(percent float64) *envoytype.FractionalPercent {
	return &envoytype.FractionalPercent{
		Numerator: uint32(percent * 10000), Denominator: envoytype.FractionalPercent_MILLION}
}

func faultPolicy(in *networking.HTTPFaultInjection) *httpfault.HTTPFault {
	out := &httpfault.HTTPFault{}
	if d := in.Delay; d != nil {
		out.Delay = &fault.FaultDelay{
			Percentage:         millionths(d.GetPercentage().GetValue()),
			FaultDelaySecifier: &fault.FaultDelay_FixedDelay{FixedDelay: d.GetFixedDelay()},
		}
	}
	if a := in.Abort; a != nil {
		out.Abort = &httpfault.FaultAbort{
			Percentage: millionths(a.GetPercentage().GetValue()),
			ErrorType:  &httpfault.FaultAbort_HttpStatus{HttpStatus: uint32(a.GetHttpStatus())},
		}
	}
	return out
}

func corsPolicy(in *networking.CorsPolicy) *cors.CorsPolicy {
	out := &cors.CorsPolicy{
		AllowMethods:                 strings.Join(in.AllowMethods, ","),
		AllowHeaders:                 strings.Join(in.AllowHeaders, ","),
		ExposeHeaders:                strings.Join(in.ExposeHeaders, ","),
		AllowCredentials:             in.AllowCredentials,
		FilterEnabled:                &core.RuntimeFractionalPercent{DefaultValue: &envoytype.FractionalPercent{Numerator: 100}},
		ForwardNotMatchingPreflights: wrapperspb.Bool(in.UnmatchedPreflights != networking.CorsPolicy_IGNORE),
	}
	for _, origin := range in.AllowOrigins {
		out.AllowOriginStringMatch = append(out.AllowOriginStringMatch, stringMatch(origin))
	}
	if in.MaxAge != nil {
		out.MaxAge = strconv.FormatInt(int64(in.MaxAge.AsDuration().Seconds()), 10)
	}
	return out
}
