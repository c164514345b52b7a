package mesh

import (
	"slices"
	"strconv"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	networking "istio.io/api/networking/v1alpha3"
)

// audience is for whom routes are built: a proxy behind certain gateways
// ("mesh" for sidecars) on a port (0 in the HTTP proxy's configuration).
type audience struct {
	world    *World
	proxy    Proxy
	gateways []string // namespace/name, or "mesh"
	port     int
}

// httpRoutes translates a VirtualService's http rules in order, and stops after
// the first that matches everything, as nothing behind it can be reached.
func (a audience) httpRoutes(vs VirtualService) []*route.Route {
	var out []*route.Route
	for _, rule := range vs.Spec.Http {
		matches := rule.Match
		if len(matches) == 0 {
			matches = []*networking.HTTPMatchRequest{nil}
		}
		for _, m := range matches {
			if m != nil && !a.concernedBy(m, vs.Namespace) {
				continue
			}
			r := a.httpRoute(vs, rule, m)
			out = append(out, r)
			if isCatchAll(r) {
				return out
			}
		}
	}
	return out
}

// concernedBy checks the parts of a match that are about the proxy, not the request.
func (a audience) concernedBy(m *networking.HTTPMatchRequest, namespace string) bool {
	if m.Port != 0 && int(m.Port) != a.port {
		return false
	}
	if m.SourceNamespace != "" && m.SourceNamespace != a.proxy.Namespace {
		return false
	}
	if len(m.Gateways) > 0 && !slices.ContainsFunc(gatewayNames(m.Gateways, namespace),
		func(g string) bool { return slices.Contains(a.gateways, g) }) {
		return false
	}
	return selects(m.SourceLabels, a.proxy.labelsIn(a.world))
}

func (a audience) httpRoute(vs VirtualService, in *networking.HTTPRoute, m *networking.HTTPMatchRequest) *route.Route {
	out := &route.Route{
		Name:  in.Name,
		Match: routeMatch(m),
		Metadata: istioMetadata(map[string]any{
			"config": apiPath("virtual-service", vs.Namespace, vs.Name)}),
	}
	if m.GetName() != "" {
		out.Name += "." + m.Name
	}
	out.StatPrefix = m.GetStatPrefix()
	changes := headerChangesOf(in.Headers)
	out.RequestHeadersToAdd, out.RequestHeadersToRemove = changes.requestAdd, changes.requestRemove
	out.ResponseHeadersToAdd, out.ResponseHeadersToRemove = changes.responseAdd, changes.responseRemove

	switch {
	case in.Redirect != nil:
		out.Action = &route.Route_Redirect{Redirect: redirectAction(in.Redirect)}
	case in.DirectResponse != nil:
		out.Action = &route.Route_DirectResponse{DirectResponse: directResponse(in.DirectResponse)}
	default:
		out.Action = &route.Route_Route{Route: a.routeAction(vs, in, changes.authority, out)}
	}
	out.Decorator = &route.Decorator{Operation: operation(out, vs.Name, a.port)}
	if in.Fault != nil {
		setFilterConfig(out, "envoy.filters.http.fault", packed(faultPolicy(in.Fault)))
	}
	if in.CorsPolicy != nil {
		setFilterConfig(out, "envoy.filters.http.cors", packed(corsPolicy(in.CorsPolicy)))
	}
	return out
}

func setFilterConfig(r *route.Route, filter string, config *anypb.Any) {
	if r.TypedPerFilterConfig == nil {
		r.TypedPerFilterConfig = map[string]*anypb.Any{}
	}
	r.TypedPerFilterConfig[filter] = config
}

func (a audience) routeAction(vs VirtualService, in *networking.HTTPRoute, authority string, out *route.Route) *route.RouteAction {
	timeout := in.Timeout
	if timeout == nil {
		timeout = durationpb.New(0) // Istio switches Envoy's 15 s default off
	}
	//nolint:staticcheck // MaxGrpcTimeout is deprecated, and what istiod sends
	action := &route.RouteAction{RetryPolicy: retryPolicy(in.Retries), Timeout: timeout, MaxGrpcTimeout: timeout}
	if regex := in.Rewrite.GetUriRegexRewrite(); regex != nil {
		action.RegexRewrite = &matcher.RegexMatchAndSubstitute{
			Pattern: &matcher.RegexMatcher{Regex: regex.Match}, Substitution: regex.Rewrite}
	} else {
		action.PrefixRewrite = in.Rewrite.GetUri()
	}
	if to := in.Rewrite.GetAuthority(); to != "" {
		authority = to
	}
	if in.Mirror != nil {
		if p := mirrorPolicy(a.clusterOf(in.Mirror, vs.Namespace), in.MirrorPercentage); p != nil {
			action.RequestMirrorPolicies = append(action.RequestMirrorPolicies, p)
		}
	}
	for _, mirror := range in.Mirrors {
		if p := mirrorPolicy(a.clusterOf(mirror.Destination, vs.Namespace), mirror.Percentage); p != nil {
			action.RequestMirrorPolicies = append(action.RequestMirrorPolicies, p)
		}
	}
	if len(in.Route) == 1 {
		only := in.Route[0]
		action.ClusterSpecifier = &route.RouteAction_Cluster{Cluster: a.clusterOf(only.Destination, vs.Namespace)}
		changes := headerChangesOf(only.Headers)
		out.RequestHeadersToAdd = append(out.RequestHeadersToAdd, changes.requestAdd...)
		out.RequestHeadersToRemove = append(out.RequestHeadersToRemove, changes.requestRemove...)
		out.ResponseHeadersToAdd = append(out.ResponseHeadersToAdd, changes.responseAdd...)
		out.ResponseHeadersToRemove = append(out.ResponseHeadersToRemove, changes.responseRemove...)
		if changes.authority != "" {
			authority = changes.authority
		}
	} else {
		action.ClusterSpecifier = &route.RouteAction_WeightedClusters{WeightedClusters: a.weighted(in.Route, vs.Namespace)}
	}
	if authority != "" {
		action.HostRewriteSpecifier = &route.RouteAction_HostRewriteLiteral{HostRewriteLiteral: authority}
	}
	return action
}

// weighted leaves destinations of weight 0 out, as istiod does. When all are 0
// the list is empty and Envoy rejects the whole route configuration; Unsupported
// names such a VirtualService (a real Istio's admission webhook refuses it).
func (a audience) weighted(routes []*networking.HTTPRouteDestination, namespace string) *route.WeightedCluster {
	out := &route.WeightedCluster{}
	for _, dst := range routes {
		if dst.Weight == 0 {
			continue
		}
		changes := headerChangesOf(dst.Headers)
		c := &route.WeightedCluster_ClusterWeight{
			Name:                   a.clusterOf(dst.Destination, namespace),
			Weight:                 uint32Value(dst.Weight),
			RequestHeadersToAdd:    changes.requestAdd,
			RequestHeadersToRemove: changes.requestRemove, ResponseHeadersToAdd: changes.responseAdd,
			ResponseHeadersToRemove: changes.responseRemove,
		}
		if changes.authority != "" {
			c.HostRewriteSpecifier = &route.WeightedCluster_ClusterWeight_HostRewriteLiteral{
				HostRewriteLiteral: changes.authority}
		}
		out.Clusters = append(out.Clusters, c)
	}
	return out
}

// clusterOf names the cluster a destination means. Without a port it is the
// service's only port, or else the port the request came in on. Whether that
// cluster exists is not asked: a subset nobody declared is a 503 NC, as in Istio.
func (a audience) clusterOf(d *networking.Destination, namespace string) string {
	host, port := fullHost(d.GetHost(), namespace), a.port
	if d.GetPort() != nil {
		port = int(d.Port.Number)
	} else if s := a.world.Service(host); s != nil && len(s.Ports) == 1 {
		port = s.Ports[0].Number
	}
	return clusterName(port, d.GetSubset(), host)
}

// operation names a route in traces: by its destination where there is only
// one, by its VirtualService otherwise.
func operation(r *route.Route, name string, port int) string {
	path := "/*"
	switch p := r.GetMatch().GetPathSpecifier().(type) {
	case *route.RouteMatch_Prefix:
		path = p.Prefix + "*"
	case *route.RouteMatch_Path:
		path = p.Path
	case *route.RouteMatch_SafeRegex:
		path = p.SafeRegex.GetRegex()
	}
	if host, hostPort, ok := parseClusterName(r.GetRoute().GetCluster()); ok {
		return host + ":" + strconv.Itoa(hostPort) + path
	}
	return name + ":" + strconv.Itoa(port) + path
}

func redirectAction(in *networking.HTTPRedirect) *route.RedirectAction {
	out := &route.RedirectAction{HostRedirect: in.Authority}
	if in.Uri != "" {
		out.PathRewriteSpecifier = &route.RedirectAction_PathRedirect{PathRedirect: in.Uri}
	}
	if in.Scheme != "" {
		out.SchemeRewriteSpecifier = &route.RedirectAction_SchemeRedirect{SchemeRedirect: in.Scheme}
	}
	out.PortRedirect = in.GetPort()
	out.ResponseCode = map[uint32]route.RedirectAction_RedirectResponseCode{
		302: route.RedirectAction_FOUND,
		303: route.RedirectAction_SEE_OTHER,
		307: route.RedirectAction_TEMPORARY_REDIRECT,
		308: route.RedirectAction_PERMANENT_REDIRECT,
	}[in.RedirectCode]
	return out
}

func directResponse(in *networking.HTTPDirectResponse) *route.DirectResponseAction {
	out := &route.DirectResponseAction{Status: in.Status}
	switch body := in.GetBody().GetSpecifier().(type) {
	case *networking.HTTPBody_String_:
		out.Body = &core.DataSource{Specifier: &core.DataSource_InlineString{InlineString: body.String_}}
	case *networking.HTTPBody_Bytes:
		out.Body = &core.DataSource{Specifier: &core.DataSource_InlineBytes{InlineBytes: body.Bytes}}
	}
	return out
}
