/* Requests that a user agent server must refuse (RFC 3261 8.2, 12.2.2), put on the wire by hand. */
#include "pair.h"

#include <stdio.h>
#include <string.h>

typedef struct request {
    const char *method, *uri, *call_id, *from_tag, *to_tag, *branch, *more, *body;
    unsigned cseq;
} request;

static const char contact[] = "Contact: <sip:x@192.0.2.99>\r\n";

/* Send a request to bob; the members left out are those of a good INVITE. */
static void send_to_bob(ua_pair *p, const request *what)
{
    const char *method = what->method != NULL ? what->method : "INVITE";
    const char *body = what->body != NULL ? what->body : "";
    char bytes[2000];

    snprintf(bytes, sizeof bytes,
             "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK%s\r\n"
             "Max-Forwards: 70\r\nFrom: <sip:x@192.0.2.99>;tag=%s\r\nTo: <sip:bob@bob>%s%s\r\n"
             "Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: %zu\r\n\r\n%s",
             method, what->uri != NULL ? what->uri : "sip:bob@bob",
             what->branch != NULL ? what->branch : "1",
             what->from_tag != NULL ? what->from_tag : "x", what->to_tag != NULL ? ";tag=" : "",
             what->to_tag != NULL ? what->to_tag : "", what->call_id != NULL ? what->call_id : "c1",
             what->cseq != 0 ? what->cseq : 1, method, what->more != NULL ? what->more : contact,
             strlen(body), body);
    p->bob.n_sent = 0;
    pair_inject(p, "bob", bytes);
    pair_run(p, 20);
}

/* What bob's first response was, and that it holds `part`. */
static void answered(const ua_pair *p, int status, const char *part)
{
    char starts[20];

    snprintf(starts, sizeof starts, "SIP/2.0 %d ", status);
    assert_int_equal(p->bob.n_sent, 1);
    assert_memory_equal(p->bob.sent[0], starts, strlen(starts));
    if (part != NULL && strstr(p->bob.sent[0], part) == NULL) {
        print_error("no %s in\n%s\n", part, p->bob.sent[0]);
        fail();
    }
}

static void refused(const request *what, int status, const char *part)
{
    ua_pair p;

    pair_open(&p, 0);
    send_to_bob(&p, what);
    answered(&p, status, part);
    pair_log(&p, "");
    pair_close(&p);
}

static void methods_schemes_and_extensions(void **state)
{
    (void)state;
    refused(&(request){.method = "PUBLISH"}, 405, "Allow: INVITE, ACK, CANCEL, BYE");
    refused(&(request){.method = "FROB"}, 405, "Allow: ");
    refused(&(request){.uri = "tel:+4930"}, 416, NULL);
    refused(&(request){.more = "Contact: <sip:x@192.0.2.99>\r\nRequire: 100rel, frob\r\n"}, 420,
            "Unsupported: 100rel\r\nUnsupported: frob\r\n");
}

static void bodies_and_contacts(void **state)
{
    (void)state;
    refused(&(request){.more = "Contact: <sip:x@192.0.2.99>\r\nContent-Type: text/plain\r\n",
                       .body = "x"},
            415, "Accept: application/sdp\r\n");
    refused(&(request){.more = "Contact: <sip:x@192.0.2.99>\r\nContent-Type: application/sdp\r\n"
                               "Content-Encoding: gzip\r\n",
                       .body = "v=0\r\n"},
            415, "Accept-Encoding: identity\r\n");
    refused(&(request){.more = "Contact: <sip:x@192.0.2.99>\r\nContent-Type: application/sdp\r\n",
                       .body = "nonsense"},
            400, NULL);
    refused(&(request){.more = ""}, 400, NULL);
    refused(&(request){.more = "Contact: *\r\n"}, 400, NULL);
    refused(&(request){.more = "Contact: <tel:1>\r\n"}, 400, NULL);
}

static void no_such_dialog(void **state)
{
    (void)state;
    refused(&(request){.method = "BYE", .to_tag = "none"}, 481, NULL);
    refused(&(request){.to_tag = "none"}, 481, NULL);
    refused(&(request){.method = "OPTIONS", .to_tag = "none"}, 481, NULL);
}

static void merged_requests(void **state)
{
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    send_to_bob(&p, &(request){.branch = "1"});
    pair_log(&p, "bob new, bob asked");
    send_to_bob(&p, &(request){.branch = "2"});
    answered(&p, 482, NULL);
    send_to_bob(&p, &(request){.branch = "3", .call_id = "other"});
    assert_int_equal(p.bob.count[ON_NEW], 2);
    pair_destroy(&p);
}

/* The tag that bob gave in the message sent last. */
static const char *bobs_tag(const ua_pair *p, char out[64])
{
    const char *at = strstr(p->bob.sent[0], "\r\nTo: ");

    at = strstr(at, ";tag=") + 5;
    snprintf(out, 64, "%.*s", (int)strcspn(at, "\r\n;"), at);
    return out;
}

static void inside_a_dialog(void **state)
{
    char tag[64];
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_NEW] = do_ring;
    send_to_bob(&p, &(request){.cseq = 5});
    answered(&p, 180, "Contact: <sip:bob@");
    pair_log(&p, "bob new, bob asked");
    bobs_tag(&p, tag);
    send_to_bob(&p,
                &(request){.branch = "2", .to_tag = tag, .cseq = 6}); /* 14.2: not answered yet */
    answered(&p, 500, "Retry-After: ");
    send_to_bob(&p, &(request){.branch = "3", .method = "OPTIONS", .to_tag = tag, .cseq = 6});
    answered(&p, 500, NULL); /* out of order */
    send_to_bob(&p, &(request){.branch = "4", .method = "OPTIONS", .to_tag = tag, .cseq = 7});
    answered(&p, 200, "Allow: INVITE");
    send_to_bob(&p, &(request){.branch = "5", .method = "INFO", .to_tag = tag, .cseq = 8});
    answered(&p, 405, "Allow: INVITE");
    send_to_bob(&p, &(request){.branch = "6",
                               .method = "OPTIONS",
                               .to_tag = tag,
                               .cseq = 9,
                               .more = "Require: frob\r\n"});
    answered(&p, 420, "Unsupported: frob");
    send_to_bob(
        &p, &(request){.branch = "7", .method = "BYE", .to_tag = tag, .from_tag = "y", .cseq = 10});
    answered(&p, 481, NULL);
    /* A BYE in the early dialog is answered, and so is the INVITE (15.1.2). */
    p.bob.n_sent = 0;
    send_to_bob(&p, &(request){.branch = "8", .method = "BYE", .to_tag = tag, .cseq = 11});
    assert_int_equal(p.bob.n_sent, 2);
    assert_memory_equal(p.bob.sent[0], "SIP/2.0 200", 11);
    assert_memory_equal(p.bob.sent[1], "SIP/2.0 487", 11);
    pair_log(&p, "bob over");
    assert_int_equal(p.bob.why, DUM_WHY_CANCELLED);
    pair_settle(&p);
    pair_destroy(&p);
}

static void inside_a_confirmed_dialog(void **state)
{
    static const char sdp[] = "Contact: <sip:new@192.0.2.99>\r\nContent-Type: application/sdp\r\n";
    char tag[64];
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    send_to_bob(&p, &(request){.more = sdp, .body = pair_media.data.ptr});
    assert_int_equal(dum_invite_accept(p.bob.call, &pair_media, NULL), 0);
    pair_run(&p, 10);
    bobs_tag(&p, tag);
    send_to_bob(&p, &(request){.branch = "2", .to_tag = tag, .cseq = 2}); /* the ACK has not come */
    assert_non_null(strstr(p.bob.sent[p.bob.n_sent - 1], "SIP/2.0 491"));
    send_to_bob(&p, &(request){.branch = "3", .method = "ACK", .to_tag = tag, .cseq = 7});
    assert_false(dum_invite_is_connected(p.bob.call));
    send_to_bob(&p, &(request){.branch = "4", .method = "ACK", .to_tag = tag, .cseq = 1});
    assert_true(dum_invite_is_connected(p.bob.call));
    send_to_bob(
        &p, &(request){.branch = "5", .to_tag = tag, .cseq = 3, .more = sdp, .body = "nonsense"});
    answered(&p, 400, NULL);
    send_to_bob(
        &p,
        &(request){
            .branch = "6", .to_tag = tag, .cseq = 4, .more = sdp, .body = pair_media2.data.ptr});
    send_to_bob(&p, &(request){.branch = "7", .to_tag = tag, .cseq = 5, .more = sdp});
    answered(&p, 500, "Retry-After: "); /* the last one is not answered */
    p.bob.n_sent = 0;
    pair_log(&p, "bob new, bob offer, bob connected, bob offer");
    /* The re-INVITE is cancelled; the call goes on. */
    send_to_bob(&p, &(request){.branch = "6", .method = "CANCEL", .to_tag = tag, .cseq = 4});
    assert_int_equal(p.bob.n_sent, 2);
    assert_memory_equal(p.bob.sent[1], "SIP/2.0 487", 11);
    assert_int_equal(dum_invite_answer(p.bob.call, &pair_media2), SIP_ESTATE);
    assert_true(dum_invite_is_stable(p.bob.call));
    p.bob.n_sent = 0;
    assert_int_equal(dum_invite_end(p.bob.call, 0, NULL), 0);
    pair_run(&p, 10);
    assert_memory_equal(p.bob.sent[0], "BYE sip:new@192.0.2.99 SIP/2.0", 30);
    send_to_bob(&p, &(request){.branch = "8", .method = "OPTIONS", .to_tag = tag, .cseq = 9});
    answered(&p, 481, NULL); /* it is ending */
    pair_destroy(&p);
}

static void the_ack_owes_an_answer(void **state)
{
    char tag[64];
    ua_pair p;

    (void)state;
    pair_open(&p, 0);
    p.bob.act[ON_OFFER_REQUIRED] = do_accept;
    send_to_bob(&p, &(request){.cseq = 1});
    bobs_tag(&p, tag);
    send_to_bob(&p, &(request){.branch = "2", .method = "ACK", .to_tag = tag, .cseq = 1});
    pair_settle(&p);
    pair_log(&p, "bob new, bob asked, bob over");
    assert_int_equal(p.bob.why, DUM_WHY_PROTOCOL);
    pair_destroy(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_schemes_and_extensions),
        cmocka_unit_test(bodies_and_contacts),
        cmocka_unit_test(no_such_dialog),
        cmocka_unit_test(merged_requests),
        cmocka_unit_test(inside_a_dialog),
        cmocka_unit_test(inside_a_confirmed_dialog),
        cmocka_unit_test(the_ack_owes_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
