#include "sim/world/deeds.h"

#include <stdio.h>
#include <string.h>

#include "sim/world/asker.h"
#include "sim/world/deeds_relayed.h"
#include "sim/world/elder.h"

#define ROUND 8000 /* how long an answer takes at most, where that does not matter */

size_t deed_choose(globe *it, const deed *table, size_t n)
{
    unsigned sum = 0;
    uint32_t at;

    for (size_t i = 0; i < n; i++) {
        sum += table[i].weight;
    }
    at = globe_roll(it, sum);
    for (size_t i = 0; i < n; i++) {
        if (at < table[i].weight) {
            return i;
        }
        at -= table[i].weight;
    }
    return 0;
}

/* ---- requests to agents, directly */

/* sip:USER@AGENT, another agent than `not_me` where there is one. */
const char *deed_uri_to(globe *it, const actor *not_me, const char *user, char out[GLOBE_URI_BYTES])
{
    const actor *to = globe_agent(it);

    while (to == not_me) {
        to = globe_agent(it);
    }
    (void)snprintf(out, GLOBE_URI_BYTES, "sip:%s@%s", user, to->name);
    return out;
}

static void ask_agent(globe *it, const char *method, const char *user, errand how)
{
    actor *from = globe_agent(it);
    char uri[GLOBE_URI_BYTES];

    how.method = method;
    how.uri = deed_uri_to(it, from, user, uri);
    actor_send(from, &how);
}

errand deed_plainly(void)
{
    return (errand){.cancel_after_ms = ORDER_NEVER, .abandon_after_ms = ORDER_NEVER};
}

static void ask_plainly(globe *it, const char *method, const char *user)
{
    ask_agent(it, method, user, deed_plainly());
}

static const char *over_stream(const char *user, char out[64], actor *to)
{
    (void)snprintf(out, 64, "sip:%s@%s;transport=tcp", user, to->name);
    return out;
}

static void ask_over_stream(globe *it, const char *method, const char *user)
{
    char uri[64];
    errand what = deed_plainly();

    what.method = method;
    what.uri = over_stream(user, uri, globe_agent(it));
    actor_send(globe_agent(it), &what);
}

static void options(globe *it)
{
    ask_plainly(it, "OPTIONS", "a0-200-0");
}

static void options_over_stream(globe *it)
{
    ask_over_stream(it, "OPTIONS", "a0-200-0");
}

static void trying_over_stream(globe *it)
{
    ask_over_stream(it, "OPTIONS", "a0-200-1500-t");
}

static void late_over_stream(globe *it)
{
    ask_over_stream(it, "MESSAGE", globe_roll(it, 2) == 0 ? "a0-408-9000-t" : "a0-200-9000-t");
}

static void slow_answer(globe *it)
{
    char user[32];

    (void)snprintf(user, sizeof user, "a0-200-%u%s", 2000 + globe_roll(it, 28000),
                   globe_roll(it, 3) == 0 ? "-t" : "");
    ask_plainly(it, "MESSAGE", user);
}

static void no_answer(globe *it)
{
    ask_plainly(it, "MESSAGE", "a0-0-0");
}

static void early_408(globe *it)
{
    ask_plainly(it, "MESSAGE", globe_roll(it, 2) == 0 ? "a0-408-1000" : "a0-408-6000");
}

static void refusal(globe *it)
{
    static const char *const users[] = {"a0-404-0", "a0-302-0", "a0-500-0", "a0-603-0", "a0-503-0"};

    ask_plainly(it, "OPTIONS", users[globe_roll(it, 5)]);
}

static void server_gives_up(globe *it)
{
    ask_plainly(it, globe_roll(it, 2) == 0 ? "MESSAGE" : "INVITE", "a0-1-900-x");
}

static void client_gives_up(globe *it)
{
    errand how = deed_plainly();

    how.abandon_after_ms = globe_roll(it, 3) == 0 ? 0 : globe_roll(it, 3000) + 1;
    ask_agent(it, globe_roll(it, 2) == 0 ? "MESSAGE" : "INVITE", "a180-200-2000", how);
}

static void long_message(globe *it)
{
    errand how = deed_plainly();

    how.is_long = true;
    ask_agent(it, "MESSAGE", "a0-200-0", how);
}

static void unknown_name(globe *it)
{
    errand what = deed_plainly();

    what.method = globe_roll(it, 2) == 0 ? "OPTIONS" : "INVITE";
    what.uri = "sip:x@nowhere";
    actor_send(globe_agent(it), &what);
}

/* One of several servers of a service, some of which may be dead or refuse. */
static void ask_farm(globe *it)
{
    static const char *const uris[] = {"sip:a0-200-0@farm", "sip:a0-503-0@farm",
                                       "sip:a0-200-0@farm;transport=tcp"};
    errand what = deed_plainly();

    what.method = "MESSAGE";
    what.uri = uris[globe_roll(it, 3)];
    actor_send(globe_agent(it), &what);
}

static void call_farm(globe *it)
{
    static const char *const uris[] = {"sip:a180-200-900@farm", "sip:a0-200-900@farm",
                                       "sip:a0-503-100@farm",
                                       "sip:a180-486-900@farm;transport=tcp"};
    errand what = deed_plainly();

    what.method = "INVITE";
    what.uri = uris[globe_roll(it, 4)];
    actor_send(globe_agent(it), &what);
}

/* ---- calls, directly */

static void call(globe *it)
{
    char user[32];

    (void)snprintf(user, sizeof user, "a180-200-%u", globe_roll(it, ROUND));
    ask_plainly(it, "INVITE", user);
}

static void call_without_ringing(globe *it)
{
    char user[32];

    (void)snprintf(user, sizeof user, "a0-200-%u",
                   globe_roll(it, 3) == 0 ? 0 : globe_roll(it, 900));
    ask_plainly(it, "INVITE", user);
}

static void call_over_stream(globe *it)
{
    static const char *const users[] = {"a180-200-1500", "a0-200-0", "a180-486-1500", "a0-486-0",
                                        "a180-600-700"};

    ask_over_stream(it, "INVITE", users[globe_roll(it, 5)]);
}

static void call_refused(globe *it)
{
    static const char *const users[] = {"a180-486-900", "a0-404-0", "a183-603-4000", "a0-503-0",
                                        "a0-302-100"};

    ask_plainly(it, "INVITE", users[globe_roll(it, 5)]);
}

static void call_unanswered(globe *it)
{
    ask_plainly(it, "INVITE", globe_roll(it, 2) == 0 ? "a180-0-0" : "a0-0-0");
}

static void call_cancelled(globe *it)
{
    errand how = deed_plainly();

    how.cancel_after_ms = 1 + globe_roll(it, 6000);
    ask_agent(it, "INVITE", globe_roll(it, 3) == 0 ? "a0-200-3000" : "a180-200-5000", how);
}

static void call_cancelled_at_once(globe *it)
{
    errand how = deed_plainly();

    how.cancel_after_ms = 0;
    ask_agent(it, "INVITE", "a180-200-2000", how);
}

static void call_cancelled_over_stream(globe *it)
{
    char uri[64];
    errand what = deed_plainly();

    what.method = "INVITE";
    what.uri = over_stream("a180-0-0", uri, globe_agent(it));
    what.cancel_after_ms = 1 + globe_roll(it, 3000);
    actor_send(globe_agent(it), &what);
}

/* ---- from elsewhere */

static void elder_asks(globe *it)
{
    elder_send(it, "OPTIONS", "a0-200-0", globe_agent(it), false);
}

static void elder_calls(globe *it)
{
    static const char *const users[] = {"a180-200-900", "a0-200-0", "a180-486-900", "a0-404-0"};

    elder_send(it, "INVITE", users[globe_roll(it, 4)], globe_agent(it), false);
}

static void elder_cancels(globe *it)
{
    elder_send(it, "INVITE", "a180-200-3000", globe_agent(it), true);
}

static const char head[] = "Via: SIP/2.0/UDP 10.0.0.201:5060;branch=z9hG4bKstray%u\r\n"
                           "From: <sip:s@10.0.0.201>;tag=s\r\nTo: <sip:x@x>;tag=%u\r\n"
                           "Call-ID: stray%u\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n";

static void inject(globe *it, const char *start, const char *method)
{
    static const sip_addr stranger = {
        .ip = {10, 0, 0, 201}, .port = 5060, .family = SIP_FAMILY_IP4};
    unsigned n = ++it->elder_calls;
    const actor *to = globe_roll(it, 2) == 0 ? globe_agent(it) : globe_proxy(it);
    char text[600];
    size_t len = (size_t)snprintf(text, sizeof text, "%s\r\n", start);

    len += (size_t)snprintf(text + len, sizeof text - len, head, n, n, n, method);
    (void)sip_sim_inject(it->sim, &stranger, to->name, (sip_str){text, len});
}

static void stray_response(globe *it)
{
    inject(it, globe_roll(it, 2) == 0 ? "SIP/2.0 200 OK" : "SIP/2.0 486 Busy Here",
           globe_roll(it, 2) == 0 ? "INVITE" : "OPTIONS");
}

static void stray_ack(globe *it)
{
    inject(it, "ACK sip:x@10.0.0.1 SIP/2.0", "ACK");
}

static void stray_cancel(globe *it)
{
    inject(it, "CANCEL sip:x@10.0.0.1 SIP/2.0", "CANCEL");
}

static void garbage(globe *it)
{
    static const sip_addr stranger = {
        .ip = {10, 0, 0, 201}, .port = 5060, .family = SIP_FAMILY_IP4};
    char bytes[64];

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)globe_roll(it, 256);
    }
    (void)sip_sim_inject(it->sim, &stranger, globe_agent(it)->name, (sip_str){bytes, sizeof bytes});
}

const deed deeds[] = {
    {"OPTIONS", 60, options},
    {"OPTIONS over a stream", 20, options_over_stream},
    {"100 over a stream", 5, trying_over_stream},
    {"late answer over a stream", 5, late_over_stream},
    {"slow answer", 8, slow_answer},
    {"no answer", 4, no_answer},
    {"408 to a request that is no INVITE", 4, early_408},
    {"refusal", 8, refusal},
    {"the server gives up", 3, server_gives_up},
    {"the client gives up", 5, client_gives_up},
    {"a message too long for UDP", 4, long_message},
    {"an unknown name", 2, unknown_name},
    {"one of several servers", 6, ask_farm},
    {"a call to one of several servers", 6, call_farm},
    {"call", 12, call},
    {"call without ringing", 8, call_without_ringing},
    {"call over a stream", 8, call_over_stream},
    {"call refused", 10, call_refused},
    {"call unanswered", 2, call_unanswered},
    {"call cancelled", 8, call_cancelled},
    {"call cancelled at once", 3, call_cancelled_at_once},
    {"call cancelled over a stream", 3, call_cancelled_over_stream},
    {"relayed request", 12, deed_relayed},
    {"relayed call", 10, deed_relayed_call},
    {"relayed call cancelled", 4, deed_relayed_cancelled},
    {"no hops left", 2, deed_relayed_without_hops},
    {"two proxies", 4, deed_relayed_twice},
    {"a circle of proxies", 2, deed_circle},
    {"fork to all", 8, deed_fork_all},
    {"fork in turn", 4, deed_fork_in_turn},
    {"fork ended by 6xx", 3, deed_fork_refused_everywhere},
    {"fork cancelled", 4, deed_fork_cancelled},
    {"fork with a time limit", 2, deed_fork_with_time},
    {"Timer C", 2, deed_timer_c},
    {"redirection", 3, deed_redirected},
    {"the proxy answers", 3, deed_proxy_answers},
    {"fork to several servers", 3, deed_fork_to_farm},
    {"an RFC 2543 request", 3, elder_asks},
    {"an RFC 2543 call", 5, elder_calls},
    {"an RFC 2543 call cancelled", 2, elder_cancels},
    {"stray response", 2, stray_response},
    {"stray ACK", 2, stray_ack},
    {"stray CANCEL", 2, stray_cancel},
    {"garbage", 2, garbage},
};
const size_t n_deeds = sizeof deeds / sizeof *deeds;
