#include "support/header_samples.h"

#include <stdio.h>
#include <string.h>

#define TEMPLATES 4

/* %t a token, %n a number, %d a digit, %x 32 hexadecimal digits, %h a host, %u a SIP URI, %q a
 * quoted string, %s what may stand in one, %i a word of Call-ID, %p any number of parameters; %3B
 * stands as it is. From, To, Via, CSeq, Max-Forwards and Content-Length are for who makes a whole
 * message. */
static const char *const templates[SIP_HEADER_COUNT][TEMPLATES] = {
    [SIP_HEADER_ACCEPT] = {"application/sdp", "*/*;q=0.5", "application/*",
                           "text/html;level=1;q=0.%d%p"},
    [SIP_HEADER_ACCEPT_CONTACT] = {"*;audio;require",
                                   "*;methods=\"INVITE,BYE\";class=\"business\";explicit",
                                   "*;mobility=\"fixed\"", "*;description=\"<%t %t>\";q=0.%d"},
    [SIP_HEADER_ACCEPT_ENCODING] = {"gzip;q=0.%d", "identity", "*"},
    [SIP_HEADER_ACCEPT_LANGUAGE] = {"da", "en-gb;q=0.%d", "*;q=0.1"},
    [SIP_HEADER_ACCEPT_RESOURCE_PRIORITY] = {"wps.%d", "dsn.flash-override", "q735.%d"},
    [SIP_HEADER_ALERT_INFO] = {"<http://%h/sounds/moo.wav>", "<urn:alert:service:call-waiting>%p"},
    [SIP_HEADER_ALLOW] = {"INVITE", "BYE", "%t"},
    [SIP_HEADER_ALLOW_EVENTS] = {"presence", "dialog", "%t.%t"},
    [SIP_HEADER_ANSWER_MODE] = {"Auto", "Manual;require"},
    [SIP_HEADER_AUTHENTICATION_INFO] =
        {"nextnonce=\"%t\", qop=auth, rspauth=\"%x\", cnonce=\"%t\", nc=0000000%d",
         "nextnonce=\"%t\""},
    [SIP_HEADER_AUTHORIZATION] =
        {"Digest username=\"%t\", realm=\"%h\", nonce=\"%t\", uri=\"sip:%h\", response=\"%x\", "
         "algorithm=MD5, qop=auth, cnonce=\"%t\", nc=0000000%d, opaque=\"\"",
         "Bearer %t", "%t %t=%t,%t=\"%t\""},
    [SIP_HEADER_CALL_ID] = {"%i@%h", "%i"},
    [SIP_HEADER_CALL_INFO] = {"<http://%h/%t.jpg>;purpose=icon", "<%u>;purpose=info%p"},
    [SIP_HEADER_CONTACT] =
        {"\"%s\" <%u>;q=0.%d;expires=%n",
         "<%u>;+sip.instance=\"<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>\";reg-id=%d",
         "%t %t <sips:%t@%h;ob>%p", "sip:%t@%h;expires=%n"},
    [SIP_HEADER_CONTENT_DISPOSITION] = {"session", "attachment; filename=%q;handling=required",
                                        "render;handling=optional%p"},
    [SIP_HEADER_CONTENT_ENCODING] = {"gzip", "%t"},
    [SIP_HEADER_CONTENT_LANGUAGE] = {"fr", "en-gb"},
    [SIP_HEADER_CONTENT_TYPE] = {"application/sdp", "text/html; charset=ISO-8859-4",
                                 "multipart/mixed;boundary=%q", "message/sipfrag;version=2.0"},
    [SIP_HEADER_DATE] = {"Sat, 13 Nov 2010 23:29:00 GMT", "Wed, 01 Jan 2025 00:00:0%d GMT"},
    [SIP_HEADER_DIVERSION] = {"<%u>;reason=user-busy;counter=%d",
                              "\"%s\" <%u>;reason=no-answer;limit=%d;privacy=off;screen=yes",
                              "<tel:+1-201-555-0123>;reason=%t"},
    [SIP_HEADER_ERROR_INFO] = {"<sip:%t@%h>", "<http://%h/%t>%p"},
    [SIP_HEADER_EVENT] = {"presence", "dialog;call-id=\"%t@%h\";from-tag=\"%t\"", "refer;id=%n",
                          "%t.%t%p"},
    [SIP_HEADER_EXPIRES] = {"%n", "0"},
    [SIP_HEADER_FEATURE_CAPS] = {"*;+g.3gpp.atcf=\"<tel:+1-237-888-9999>\";+g.3gpp.x", "*;+sip.%t"},
    [SIP_HEADER_FLOW_TIMER] = {"%n"},
    [SIP_HEADER_GEOLOCATION] = {"<cid:%t@%h>", "<https://%h/%t>;%t=%t", "<%u>"},
    [SIP_HEADER_GEOLOCATION_ERROR] = {"100 ; code=\"Cannot Process Location\"", "%n"},
    [SIP_HEADER_GEOLOCATION_ROUTING] = {"yes", "no"},
    [SIP_HEADER_HISTORY_INFO] = {"<%u>;index=1",
                                 "<sip:%t@%h?Reason=SIP%3Bcause%3D302>;index=1.1;mp=1",
                                 "\"%s\" <%u>;index=1.%d.1;rc=1.%d", "<%u>;index=1;np=1"},
    [SIP_HEADER_IDENTITY] =
        {"eyJhbGciOiJFUzI1NiJ9.eyJkZXN0Ijp7fX0.%t;info=<https://%h/%t.cer>;alg=ES256;ppt=shaken",
         "\"%t=\""},
    [SIP_HEADER_IDENTITY_INFO] = {"<https://%h/%t.cer>;alg=rsa-sha1"},
    [SIP_HEADER_IN_REPLY_TO] = {"%i@%h", "%i"},
    [SIP_HEADER_INFO_PACKAGE] = {"%t", "dtmf%p"},
    [SIP_HEADER_JOIN] = {"%i@%h;from-tag=%t;to-tag=%t", "%i;to-tag=%t;from-tag=%t%p"},
    [SIP_HEADER_MAX_BREADTH] = {"%n"},
    [SIP_HEADER_MIME_VERSION] = {"1.0", "2.%d"},
    [SIP_HEADER_MIN_EXPIRES] = {"%n"},
    [SIP_HEADER_MIN_SE] = {"%n", "90%p"},
    [SIP_HEADER_ORGANIZATION] = {"Boxes by %t", "%t %t"},
    [SIP_HEADER_P_ACCESS_NETWORK_INFO] = {"3GPP-UTRAN-TDD;utran-cell-id-3gpp=234151D0FCE11",
                                          "IEEE-802.11;i-wlan-node-id=00600000000%d",
                                          "ADSL;dsl-location=%q;network-provided"},
    [SIP_HEADER_P_ASSERTED_IDENTITY] = {"\"%s\" <%u>", "<tel:+14085264000>"},
    [SIP_HEADER_P_ASSOCIATED_URI] = {"<%u>", "<%u>%p"},
    [SIP_HEADER_P_CALLED_PARTY_ID] = {"<%u>", "\"%s\" <%u>%p"},
    [SIP_HEADER_P_CHARGING_FUNCTION_ADDRESSES] = {"ccf=192.0.2.%d;ecf=192.0.2.2%d",
                                                  "ccf=%t;ccf=%t;%t=%t"},
    [SIP_HEADER_P_CHARGING_VECTOR] = {"icid-value=%t;icid-generated-at=192.0.2.%d;orig-ioi=%t",
                                      "icid-value=\"%t\"%p"},
    [SIP_HEADER_P_EARLY_MEDIA] = {"supported", "sendrecv", "gated"},
    [SIP_HEADER_P_PREFERRED_IDENTITY] = {"<%u>", "\"%s\" <%u>"},
    [SIP_HEADER_P_VISITED_NETWORK_ID] = {"other.net", "%q", "%t%p"},
    [SIP_HEADER_PATH] = {"<sip:%h;lr>", "<%u;lr>%p"},
    [SIP_HEADER_PRIORITY] = {"emergency", "non-urgent", "%t"},
    [SIP_HEADER_PRIV_ANSWER_MODE] = {"Manual", "Auto;require"},
    [SIP_HEADER_PRIVACY] = {"id", "history;session", "none"},
    [SIP_HEADER_PROXY_AUTHENTICATE] =
        {"Digest realm=\"%h\", domain=\"sip:%h\", qop=\"auth,auth-int\", nonce=\"%t\", "
         "opaque=\"\", stale=FALSE, algorithm=MD5",
         "%t realm=\"%h\""},
    [SIP_HEADER_PROXY_AUTHENTICATION_INFO] =
        {"qop=auth, rspauth=\"%x\", cnonce=\"%t\", nc=0000000%d"},
    [SIP_HEADER_PROXY_AUTHORIZATION] =
        {"Digest username=\"%t\", realm=\"%h\", nonce=\"%t\", response=\"%x\", uri=\"sip:%h\""},
    [SIP_HEADER_PROXY_REQUIRE] = {"%t", "sec-agree"},
    [SIP_HEADER_RACK] = {"%n %n INVITE", "%n %n %t"},
    [SIP_HEADER_REASON] = {"SIP;cause=200;text=\"Call completed elsewhere\"", "Q.850;cause=16",
                           "preemption;cause=%d%p"},
    [SIP_HEADER_RECORD_ROUTE] = {"<sip:%h;lr>", "<%u;lr>%p"},
    [SIP_HEADER_RECV_INFO] = {"dtmf", "%t%p"},
    [SIP_HEADER_REFER_SUB] = {"false", "true%p"},
    [SIP_HEADER_REFER_TO] = {"<%u>", "\"%s\" <sip:%t@%h?Replaces=%t%3Bto-tag%3D%t%3Bfrom-tag%3D%t>",
                             "<sips:%t@%h;method=SUBSCRIBE>%p"},
    [SIP_HEADER_REFERRED_BY] = {"<%u>", "\"%s\" <%u>;cid=\"%t@%h\""},
    [SIP_HEADER_REJECT_CONTACT] = {"*;actor=\"msg-taker\";video", "*;class=\"personal\""},
    [SIP_HEADER_REMOTE_PARTY_ID] =
        {"\"%s\" <%u>;party=calling;id-type=subscriber;privacy=full;screen=yes", "<%u>%p"},
    [SIP_HEADER_REPLACES] = {"%i@%h;to-tag=%t;from-tag=%t",
                             "%i;from-tag=%t;to-tag=%t;early-only%p"},
    [SIP_HEADER_REPLY_TO] = {"\"%s\" <%u>", "<%u>%p"},
    [SIP_HEADER_REQUEST_DISPOSITION] = {"proxy", "no-fork", "parallel"},
    [SIP_HEADER_REQUIRE] = {"100rel", "%t"},
    [SIP_HEADER_RESOURCE_PRIORITY] = {"dsn.flash", "wps.%d", "q735.%d"},
    [SIP_HEADER_RETRY_AFTER] = {"%n", "18000;duration=%n", "120 (I'm in a meeting)"},
    [SIP_HEADER_ROUTE] = {"<sip:%h;lr>", "<%u;lr>%p"},
    [SIP_HEADER_RSEQ] = {"%n"},
    [SIP_HEADER_SECURITY_CLIENT] = {"digest", "ipsec-3gpp;alg=hmac-md5-96;spi-c=%n;spi-s=%n;port-c="
                                              "%d1;port-s=%d2;prot=esp;mod=trans;ealg=aes-cbc"},
    [SIP_HEADER_SECURITY_SERVER] = {"ipsec-ike;q=0.%d",
                                    "tls;q=0.2;d-alg=MD5;d-qop=auth;d-ver=\"%x\""},
    [SIP_HEADER_SECURITY_VERIFY] = {"tls;q=0.2", "%t%p"},
    [SIP_HEADER_SERVER] = {"HomeServer v2", "%t/%t (%t)"},
    [SIP_HEADER_SERVICE_ROUTE] = {"<sip:%h;lr>", "<%u;lr>%p"},
    [SIP_HEADER_SESSION_EXPIRES] = {"4000;refresher=uac", "%n%p"},
    [SIP_HEADER_SESSION_ID] =
        {"ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2",
         "ab30317f1a784dc48ff824d0d3715d86%p"},
    [SIP_HEADER_SIP_ETAG] = {"%t"},
    [SIP_HEADER_SIP_IF_MATCH] = {"%t"},
    [SIP_HEADER_SUBJECT] = {"Need more boxes", "%t %t %t", ""},
    [SIP_HEADER_SUBSCRIPTION_STATE] = {"active;expires=%n",
                                       "terminated;reason=rejected;retry-after=%n", "pending%p"},
    [SIP_HEADER_SUPPORTED] = {"100rel", "%t"},
    [SIP_HEADER_SUPPRESS_IF_MATCH] = {"*", "%t"},
    [SIP_HEADER_TARGET_DIALOG] = {"%i@%h;local-tag=%t;remote-tag=%t",
                                  "%i;remote-tag=%t;local-tag=%t%p"},
    [SIP_HEADER_TIMESTAMP] = {"54", "54.21 0.5", "%n.%d"},
    [SIP_HEADER_UNSUPPORTED] = {"%t"},
    [SIP_HEADER_USER_AGENT] = {"Softphone Beta1.5", "%t/%t (%t; %t) %t"},
    [SIP_HEADER_USER_TO_USER] = {"56a390f3d2b7310023a2;encoding=hex;purpose=foo;content=bar",
                                 "%q;%t=%t", "%t%p"},
    [SIP_HEADER_WARNING] = {"307 isi.edu \"Session parameter 'foo' not understood\"", "399 %h %q"},
    [SIP_HEADER_WWW_AUTHENTICATE] = {"Digest realm=\"%h\", nonce=\"%t\", algorithm=SHA-256, "
                                     "qop=\"auth\", userhash=true, charset=UTF-8",
                                     "Bearer realm=\"%h\", scope=\"%t\""},
};

typedef struct page {
    char *out;
    size_t used, size;
} page;

static void put(page *to, const char *text, size_t len)
{
    if (to->used + len <= to->size) {
        memcpy(to->out + to->used, text, len);
        to->used += len;
    }
}

static void put_some(page *to, prng *random, const char *from, uint32_t at_least, uint32_t spread)
{
    const uint32_t len = at_least + prng_below(random, spread);

    for (uint32_t i = 0; i < len; i++) {
        put(to, from + prng_below(random, (uint32_t)strlen(from)), 1);
    }
}

static void put_one(page *to, prng *random, const char *const *from, uint32_t count)
{
    const char *text = from[prng_below(random, count)];

    put(to, text, strlen(text));
}

#define PUT_ONE(to, random, list)                                                                  \
    put_one(to, random, list, (uint32_t)(sizeof(list) / sizeof((list)[0])))

static void put_number(page *to, prng *random, uint32_t below)
{
    char digits[16];

    put(to, digits, (size_t)snprintf(digits, sizeof digits, "%u", prng_below(random, below)));
}

/* The first byte is a letter, so that no token is a number or begins a known word. */
static void put_token(page *to, prng *random)
{
    put(to, "z", 1);
    put_some(to, random, "abcdefghXYZ0123456789-.!*_+~", 0, 9);
}

static void put_host(page *to, prng *random)
{
    static const char *const hosts[] = {"example.com", "192.0.2.7", "[2001:db8::9:1]",
                                        "a.b.example.org", "pc33.atlanta.com"};

    PUT_ONE(to, random, hosts);
}

static void put_quotable(page *to, prng *random)
{
    static const char *const words[] = {"A. Bell", "\\\"x\\\\", "a,b;c<d>", "\xd1\x80\xd0\xb0",
                                        "",        "Mr Watson", "=:@ %41"};

    PUT_ONE(to, random, words);
}

static void put_uri(page *to, prng *random)
{
    static const char *const heads[] = {"sip:",         "sips:",        "sip:alice@",
                                        "sips:bob:pw@", "sip:%61;x=y@", "sip:+1-212@"};
    static const char *const tails[] = {
        "",         ":5070", ";transport=tcp", ";maddr=192.0.2.1", ";user=phone", ":5061;ttl=1;x",
        ";gr=urn:x"};

    PUT_ONE(to, random, heads);
    put_host(to, random);
    PUT_ONE(to, random, tails);
}

static void put_params(page *to, prng *random)
{
    for (uint32_t left = prng_below(random, 3); left > 0; left--) {
        const uint32_t kind = prng_below(random, 3);

        put(to, ";", 1);
        put_token(to, random);
        if (kind > 0) {
            put(to, "=", 1);
        }
        if (kind == 1) {
            put_token(to, random);
        } else if (kind == 2) {
            put(to, "\"", 1);
            put_quotable(to, random);
            put(to, "\"", 1);
        }
    }
}

static void put_kind(page *to, prng *random, char kind)
{
    switch (kind) {
    case 't':
        put_token(to, random);
        break;
    case 'n':
        put_number(to, random, 1000000);
        break;
    case 'd':
        put_number(to, random, 9);
        break;
    case 'x':
        put_some(to, random, "0123456789abcdef", 32, 1);
        break;
    case 'h':
        put_host(to, random);
        break;
    case 'u':
        put_uri(to, random);
        break;
    case 'q':
        put(to, "\"", 1);
        put_quotable(to, random);
        put(to, "\"", 1);
        break;
    case 's':
        put_quotable(to, random);
        break;
    case 'i':
        put_some(to, random, "abc019-.!%*_+`'~()>:\\/[]?{}", 1, 12);
        break;
    case 'p':
        put_params(to, random);
        break;
    default:
        put(to, "%", 1);
        put(to, &kind, 1);
        break;
    }
}

size_t header_samples_count(sip_header_id id)
{
    size_t count = 0;

    while (count < TEMPLATES && templates[id][count] != NULL) {
        count++;
    }
    return count;
}

size_t header_fill(const char *template, prng *random, char *out, size_t size)
{
    page to = {.out = out, .size = size};

    for (const char *at = template; *at != '\0'; at++) {
        if (*at == '%' && at[1] != '\0') {
            put_kind(&to, random, *++at);
        } else {
            put(&to, at, 1);
        }
    }
    return to.used;
}

size_t header_sample(sip_header_id id, prng *random, char *out, size_t size)
{
    const uint32_t count = (uint32_t)header_samples_count(id);

    return count > 0 ? header_fill(templates[id][prng_below(random, count)], random, out, size) : 0;
}
