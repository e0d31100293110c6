/* Our subject of ./dev bench calls: answers every call through libdum. PORT is its argument. */
#include <dum/dum.h>
#include <signal.h>
#include <stdio.h>

static const sip_body media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
                                           "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                           "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");

static void on_new_session(dum_invite *call, const sip_msg *invite, void *user_data)
{
    (void)invite, (void)user_data;
    dum_invite_provisional(call, 180, NULL);
    dum_invite_accept(call, &media, NULL);
}

static const dum_invite_handler calls = {.on_new_session = on_new_session};

int main(int argc, char **argv)
{
    sip_stack_config config = {.max_transactions = 4000000};
    dum_config manager = {.max_sessions = 4000000};
    sip_stack *stack = NULL;
    dum_manager *dum;
    char where[64];
    int err;

    snprintf(where, sizeof where, "udp:127.0.0.1:%s", argc == 2 ? argv[1] : "0");
    err = sip_stack_create(&config, &stack) || sip_stack_listen(stack, where) ||
          sip_stack_on_signal(stack, SIGTERM, NULL, NULL) ||
          dum_manager_create(stack, &manager, &dum) ||
          dum_manager_set_invite_handler(dum, &calls, NULL);
    if (err == 0) {
        puts("ready");
        fflush(stdout);
        err = sip_stack_run(stack);
    }
    if (err != 0) {
        fprintf(stderr, "calls_parley: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err != 0;
}
