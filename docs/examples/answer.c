/* Answers every call, and says who calls and who hung up. docs/tutorial.md builds it step by step.
 *
 *     answer [WHERE]      WHERE: udp:127.0.0.1:5060, the default, or tcp:[::1]:5070 … */
#include <dum/dum.h>
#include <signal.h>
#include <stdio.h>

static const sip_body media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
                                           "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                           "m=audio 40000 RTP/AVP 0\r\n");

static void on_new_session(dum_invite *call, const sip_msg *invite, void *user_data)
{
    (void)user_data;
    printf("call from " SIP_FMT "\n", SIP_ARG(sip_msg_from(invite)->uri.text));
    dum_invite_provisional(call, 180, NULL);
    if (dum_invite_accept(call, &media, NULL) != 0) {
        dum_invite_end(call, 488, NULL);
    }
}

static void on_connected(dum_invite *call, const sip_msg *ack, void *user_data)
{
    (void)ack, (void)user_data;
    printf("connected with " SIP_FMT "\n", SIP_ARG(dum_invite_remote(call)));
}

static void on_terminated(dum_invite *call, const dum_cause *cause, void *user_data)
{
    (void)call, (void)user_data;
    printf("ended: " SIP_FMT "\n", SIP_ARG(cause->text));
}

static const dum_invite_handler calls = {
    .on_new_session = on_new_session,
    .on_connected = on_connected,
    .on_terminated = on_terminated,
};

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "udp:127.0.0.1:5060";
    sip_stack *stack = NULL;
    dum_manager *dum;
    int err = sip_stack_create(NULL, &stack) || sip_stack_listen(stack, where) ||
              sip_stack_on_signal(stack, SIGINT, NULL, NULL) ||
              dum_manager_create(stack, NULL, &dum) ||
              dum_manager_set_invite_handler(dum, &calls, NULL);

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (err == 0) {
        printf("listening on %s, Ctrl-C ends\n", where);
        err = sip_stack_run(stack);
    }
    if (err != 0) {
        fprintf(stderr, "answer: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err != 0;
}
