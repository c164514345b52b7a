{{/*
The weights of one VirtualService, as JSON {"blue":100,"green":0}. Called with (dict "root" $ "name" …
"sibling" …). What is live wins: the service's own VirtualService, else its sibling (a mesh route that
is added later must join the split the gateway has). Values count only where there is no cluster to ask
(helm template), nothing was installed yet, or resetWeights is set.
*/}}
{{- define "service.weights" -}}
{{- $values := .root.Values.routing.weights -}}
{{- if ne (add $values.blue $values.green) 100 -}}
{{- fail (printf "\n\n`routing.weights` are blue %v and green %v: together they must be 100 (Istio would take them as shares)\n" $values.blue $values.green) -}}
{{- end -}}
{{- $weights := dict "blue" (int $values.blue) "green" (int $values.green) -}}
{{- if not .root.Values.routing.resetWeights -}}
{{- $live := include "service.liveWeights" (dict "root" .root "name" .name) -}}
{{- if not $live -}}
{{- $live = include "service.liveWeights" (dict "root" .root "name" .sibling) -}}
{{- end -}}
{{- if $live -}}
{{- $weights = fromJson $live -}}
{{- end -}}
{{- end -}}
{{- toJson $weights -}}
{{- end -}}

{{/* The weights that a VirtualService in the cluster has now; empty when there is none. */}}
{{- define "service.liveWeights" -}}
{{- $live := lookup "networking.istio.io/v1" "VirtualService" .root.Release.Namespace .name -}}
{{- if $live -}}
{{- $found := "" -}}
{{- range $route := (dig "spec" "http" (list) $live) -}}
{{- $split := include "service.splitOf" $route -}}
{{- if and $split (or (not $found) (eq (toString $route.name) "main")) -}}
{{- $found = $split -}}
{{- end -}}
{{- end -}}
{{- if not $found -}}
{{- fail (printf "\n\nVirtualService %q exists, but none of its routes has the subsets blue and green with weights that make 100, so what is live cannot be told. Mend it, or set routing.resetWeights=true with routing.weights as they shall be\n" .name) -}}
{{- end -}}
{{- $found -}}
{{- end -}}
{{- end -}}

{{/* The split of one route as JSON; empty when it is not a split over both slots that makes 100. */}}
{{- define "service.splitOf" -}}
{{- $split := dict -}}
{{- range $entry := (.route | default list) -}}
{{- $_ := set $split (dig "destination" "subset" "" $entry) (int (dig "weight" 0 $entry)) -}}
{{- end -}}
{{- if and (hasKey $split "blue") (hasKey $split "green") (eq (len $split) 2) -}}
{{- if eq (add (get $split "blue") (get $split "green")) 100 -}}
{{- toJson $split -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
All routes of a VirtualService: `main` as given in .main, and around it, in their order, the other named
routes that are live. A release under way adds one for its tests (by header), and an upgrade of this
release in that moment must not take it away.
*/}}
{{- define "service.routes" -}}
{{- $live := lookup "networking.istio.io/v1" "VirtualService" .root.Release.Namespace .name | default dict -}}
{{- $main := merge (dict "name" "main") .match (fromYaml (include "service.mainRoute" .)) -}}
{{- $routes := list -}}
{{- $placed := false -}}
{{- range $route := (dig "spec" "http" (list) $live) -}}
{{- if eq (toString $route.name) "main" -}}
{{- $routes = append $routes $main -}}
{{- $placed = true -}}
{{- else if $route.name -}}
{{- $routes = append $routes $route -}}
{{- end -}}
{{- end -}}
{{- if not $placed -}}
{{- $routes = append $routes $main -}}
{{- end -}}
{{- toYaml $routes -}}
{{- end -}}

{{/* The destinations and the policy of the route `main`; both slots are always written. */}}
{{- define "service.mainRoute" -}}
{{- $root := .root -}}
{{- $weights := fromJson (include "service.weights" .) -}}
route:
  {{- range $slot := list "blue" "green" }}
  - destination:
      host: {{ include "service.host" $root }}
      port:
        number: {{ $root.Values.routing.servicePort }}
      subset: {{ $slot }}
    weight: {{ int (get $weights $slot) }}
  {{- end }}
timeout: {{ $root.Values.routing.timeout }}
retries:
  {{- toYaml $root.Values.routing.retries | nindent 2 }}
{{- end -}}
