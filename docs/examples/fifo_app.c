#include <inttypes.h>
#include <signal.h>
#include <sip/sip.h>
#include <stdio.h>

/* A program that blocks: it takes one message after the other, in the order they came, and sends
 * each MESSAGE back to its sender, while the stack's own threads do the rest. */

static const char *new_id(char out[17])
{
    snprintf(out, 17, "%016" PRIx64, sip_random_u64(sip_random_system()));
    return out;
}

static void send_or_drop(sip_tu *tu, sip_msg *msg)
{
    int err = msg == NULL ? SIP_ENOMEM : sip_post(tu, msg); /* taken over if it is 0 */
    if (err != 0) {
        fprintf(stderr, "fifo_app: not sent: %s\n", sip_error_text(err));
        sip_msg_unref(msg);
    }
}

static void answer(sip_tu *tu, const sip_msg *request, int status)
{
    static const sip_header headers[] = {{"Allow", "MESSAGE, OPTIONS"}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    char tag[17];
    sip_msg *response = NULL;
    sip_response_create(request, status, sip_str_of(new_id(tag)), &extras, &response);
    send_or_drop(tu, response);
}

static void send_back(sip_tu *tu, const sip_msg *message)
{
    const sip_address *from = sip_msg_from(message), *to = sip_msg_to(message);
    char id[17];
    sip_build *build = sip_build_request(NULL, SIP_STR("MESSAGE"), from->uri.text);
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    sip_build_headerf(build, SIP_HEADER_FROM, "<" SIP_FMT ">;tag=%s", SIP_ARG(to->uri.text),
                      new_id(id));
    sip_build_headerf(build, SIP_HEADER_TO, "<" SIP_FMT ">", SIP_ARG(from->uri.text));
    sip_build_headerf(build, SIP_HEADER_CALL_ID, "%s", new_id(id));
    sip_build_header(build, SIP_HEADER_CSEQ, SIP_STR("1 MESSAGE"));
    sip_build_copy_body(build, message);
    sip_msg *back = NULL;
    sip_build_finish(build, &back);
    send_or_drop(tu, back);
}

static void on_request(sip_tu *tu, const sip_msg *request)
{
    sip_str method = sip_msg_method_text(request);
    printf(SIP_FMT " from " SIP_FMT "\n", SIP_ARG(method),
           SIP_ARG(sip_msg_from(request)->uri.text));
    if (sip_str_equal(method, "MESSAGE")) {
        answer(tu, request, 200);
        send_back(tu, request);
    } else if (sip_str_equal(method, "OPTIONS")) {
        answer(tu, request, 200);
    } else if (!sip_str_equal(method, "ACK") && !sip_str_equal(method, "CANCEL")) {
        answer(tu, request, 405);
    }
}

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "udp:127.0.0.1:5060";
    sip_stack *stack = NULL;
    sip_tu *tu = NULL;
    sip_msg *msg;
    int err = sip_stack_create(NULL, &stack) || sip_stack_listen(stack, where) ||
              sip_tu_create_queued(stack, NULL, 1000, &tu) ||
              sip_stack_on_signal(stack, SIGINT, NULL, NULL) || sip_stack_start(stack);
    if (err) {
        fprintf(stderr, "fifo_app: %s\n", sip_stack_error(stack));
    }
    while (!err && sip_tu_receive(tu, UINT32_MAX, &msg) == 0) {
        if (sip_msg_is_request(msg)) {
            on_request(tu, msg);
        } else {
            printf("answered %d " SIP_FMT "\n", sip_msg_status(msg), SIP_ARG(sip_msg_phrase(msg)));
        }
        fflush(stdout);
        sip_msg_unref(msg);
    }
    sip_stack_destroy(stack);
    return err;
}
