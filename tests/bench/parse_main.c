/* parse_SUBJECT FILE COUNT: parses a message COUNT times and prints the CPU time that one took. */
#define _GNU_SOURCE
#include "parse_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static const struct message {
    const char *file;
    struct values values;
} messages[] = {
    {"a_invite.sip",
     {.from_tag = TEXT("9fxced76sl"),
      .to_user = TEXT("bob"),
      .to_host = TEXT("biloxi.example.com"),
      .call_id = TEXT("3848276298220188511@atlanta.example.com"),
      .cseq_method = TEXT("INVITE"),
      .branch = TEXT("z9hG4bK74bf9a8f3"),
      .contact_host = TEXT("client.atlanta.example.com"),
      .cseq_number = 2,
      .content_length = 228}},
    {"b_200.sip",
     {.from_tag = TEXT("9fxced76sl"),
      .to_user = TEXT("bob"),
      .to_host = TEXT("biloxi.example.com"),
      .call_id = TEXT("3848276298220188511@atlanta.example.com"),
      .cseq_method = TEXT("INVITE"),
      .branch = TEXT("z9hG4bK721e418c4.1"),
      .contact_host = TEXT("client.biloxi.example.com"),
      .cseq_number = 2,
      .content_length = 201}},
    {"c_register.sip",
     {.from_tag = TEXT("a73kszlfl"),
      .to_user = TEXT("bob"),
      .to_host = TEXT("biloxi.example.com"),
      .call_id = TEXT("1j9FpLxk3uxtm8tn@biloxi.example.com"),
      .cseq_method = TEXT("REGISTER"),
      .branch = TEXT("z9hG4bKnashds7a1"),
      .contact_host = TEXT("client.biloxi.example.com"),
      .cseq_number = 2,
      .content_length = 0}},
    {"d_bye.sip",
     {.from_tag = TEXT("9fxced76sl"),
      .to_user = TEXT("bob"),
      .to_host = TEXT("biloxi.example.com"),
      .call_id = TEXT("3848276298220188511@atlanta.example.com"),
      .cseq_method = TEXT("BYE"),
      .branch = TEXT("z9hG4bKnashds9"),
      .contact_host = TEXT("client.atlanta.example.com"),
      .cseq_number = 3,
      .content_length = 0}},
    {"e_options.sip",
     {.from_tag = TEXT("1928301774"),
      .to_user = TEXT("carol"),
      .to_host = TEXT("chicago.example.com"),
      .call_id = TEXT("a84b4c76e66710@pc33.atlanta.example.com"),
      .cseq_method = TEXT("OPTIONS"),
      .branch = TEXT("z9hG4bKhjhs8ass877"),
      .contact_host = TEXT("pc33.atlanta.example.com"),
      .cseq_number = 63104,
      .content_length = 0}},
};

static const struct values *wanted_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash == NULL ? path : slash + 1;

    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        if (strcmp(messages[i].file, file) == 0) {
            return &messages[i].values;
        }
    }
    return NULL;
}

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* As a transport would: every message arrives in the same buffer. */
static int run(char *buffer, size_t len, const struct values *wanted, long count)
{
    const double before = cpu_ns();

    for (long i = 0; i < count; i++) {
        if (!parse_once(buffer, len, wanted)) {
            fprintf(stderr, "message %ld was not read as it should be\n", i);
            return 1;
        }
    }
    printf("%.3f\n", (cpu_ns() - before) / (double)count);
    return 0;
}

int main(int argc, char **argv)
{
    static char buffer[65536];
    const struct values *wanted = argc == 3 ? wanted_of(argv[1]) : NULL;
    FILE *file = wanted == NULL ? NULL : fopen(argv[1], "rb");
    size_t len;

    if (file == NULL) {
        fprintf(stderr, "usage: %s FILE COUNT, with one of the five files of msgs/\n", argv[0]);
        return 2;
    }
    len = fread(buffer, 1, sizeof buffer - 1, file);
    fclose(file);
    parse_setup();
    return run(buffer, len, wanted, strtol(argv[2], NULL, 10));
}
