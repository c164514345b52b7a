package mesh

import (
	"cmp"
	"slices"

	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	matcher "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"
	"google.golang.org/protobuf/types/known/wrapperspb"
	networking "istio.io/api/networking/v1alpha3"
)

// routeMatch translates one match block; nil matches everything.
func routeMatch(in *networking.HTTPMatchRequest) *route.RouteMatch {
	out := &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: "/"}}
	if in == nil {
		return out
	}
	for name, m := range in.Headers {
		out.Headers = append(out.Headers, headerMatch(name, m))
	}
	for name, m := range in.WithoutHeaders {
		h := headerMatch(name, m)
		h.InvertMatch = true
		// A request that lacks the header has not got the unwanted value.
		h.TreatMissingHeaderAsEmpty = h.GetStringMatch() != nil
		out.Headers = append(out.Headers, h)
	}
	slices.SortFunc(out.Headers, func(a, b *route.HeaderMatcher) int { return cmp.Compare(a.Name, b.Name) })

	switch uri := in.Uri.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		out.PathSpecifier = &route.RouteMatch_Path{Path: uri.Exact}
	case *networking.StringMatch_Prefix:
		out.PathSpecifier = &route.RouteMatch_Prefix{Prefix: uri.Prefix}
	case *networking.StringMatch_Regex:
		out.PathSpecifier = &route.RouteMatch_SafeRegex{SafeRegex: &matcher.RegexMatcher{Regex: uri.Regex}}
	}
	out.CaseSensitive = wrapperspb.Bool(!in.IgnoreUriCase)

	for _, pseudo := range []struct {
		header string
		match  *networking.StringMatch
	}{{":method", in.Method}, {":authority", in.Authority}, {":scheme", in.Scheme}} {
		if pseudo.match != nil {
			out.Headers = append(out.Headers, headerMatch(pseudo.header, pseudo.match))
		}
	}
	for name, m := range in.QueryParams {
		out.QueryParameters = append(out.QueryParameters, queryMatch(name, m))
	}
	slices.SortFunc(out.QueryParameters,
		func(a, b *route.QueryParameterMatcher) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func headerMatch(name string, in *networking.StringMatch) *route.HeaderMatcher {
	if m := stringMatch(in); m != nil {
		return &route.HeaderMatcher{Name: name, HeaderMatchSpecifier: &route.HeaderMatcher_StringMatch{StringMatch: m}}
	}
	return &route.HeaderMatcher{Name: name, HeaderMatchSpecifier: &route.HeaderMatcher_PresentMatch{PresentMatch: true}}
}

func queryMatch(name string, in *networking.StringMatch) *route.QueryParameterMatcher {
	if m := stringMatch(in); m != nil {
		return &route.QueryParameterMatcher{Name: name,
			QueryParameterMatchSpecifier: &route.QueryParameterMatcher_StringMatch{StringMatch: m}}
	}
	return &route.QueryParameterMatcher{Name: name,
		QueryParameterMatchSpecifier: &route.QueryParameterMatcher_PresentMatch{PresentMatch: true}}
}

// stringMatch is nil where Istio means "present with any value": no match
// type, an empty prefix, or the regex "*".
func stringMatch(in *networking.StringMatch) *matcher.StringMatcher {
	switch m := in.GetMatchType().(type) {
	case *networking.StringMatch_Exact:
		return &matcher.StringMatcher{MatchPattern: &matcher.StringMatcher_Exact{Exact: m.Exact}}
	case *networking.StringMatch_Prefix:
		if m.Prefix == "" {
			return nil
		}
		return &matcher.StringMatcher{MatchPattern: &matcher.StringMatcher_Prefix{Prefix: m.Prefix}}
	case *networking.StringMatch_Regex:
		if m.Regex == "*" {
			return nil
		}
		return &matcher.StringMatcher{MatchPattern: &matcher.StringMatcher_SafeRegex{
			SafeRegex: &matcher.RegexMatcher{Regex: m.Regex}}}
	}
	return nil
}

// isCatchAll reports whether a route matches every request of its host.
func isCatchAll(r *route.Route) bool {
	m := r.GetMatch()
	prefix, ok := m.GetPathSpecifier().(*route.RouteMatch_Prefix)
	return ok && prefix.Prefix == "/" && len(m.Headers) == 0 && len(m.QueryParameters) == 0
}
