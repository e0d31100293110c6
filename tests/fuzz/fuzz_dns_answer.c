/* Answers of name servers: whatever the bytes, there is an answer, within its bounds, and the same
 * one each time. The first byte says what was asked for. */
#include "io/dns_answer.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_text(const sip__dns_answer *answer, const char *text)
{
    if (text == NULL || strcmp(text, ".") == 0) {
        return;
    }
    check(text >= answer->text && text < answer->text + sizeof(answer->text));
    check(memchr(text, '\0', (size_t)(answer->text + answer->used - text)) != NULL);
}

static void check_answer(const sip__dns_answer *answer, sip_dns_type type)
{
    const sip_dns_answer *news = &answer->news;

    check(news->text != NULL && news->n_records <= SIP__DNS_ANSWER_RECORDS);
    check(answer->used <= sizeof(answer->text));
    check((news->err == 0) == (news->n_records > 0));
    check(news->err == 0 || news->err == SIP_EIO || news->err == SIP_ENOENT);
    for (size_t i = 0; i < news->n_records; i++) {
        const sip_dns_record *record = &news->records[i];

        check(record->type == type && record->ttl_s <= 86400);
        check_text(answer, record->target);
        check_text(answer, record->flags);
        check_text(answer, record->service);
        check_text(answer, record->regexp);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const sip_dns_type types[] = {SIP_DNS_A, SIP_DNS_AAAA, SIP_DNS_SRV, SIP_DNS_NAPTR};
    static sip__dns_answer one, again;
    sip_dns_type type;

    if (size == 0) {
        return 0;
    }
    type = types[data[0] % 4];
    sip__dns_answer_read(data + 1, size - 1, type, &one);
    sip__dns_answer_read(data + 1, size - 1, type, &again);
    check_answer(&one, type);
    check(one.news.err == again.news.err && one.news.n_records == again.news.n_records);
    check(one.used == again.used && memcmp(one.text, again.text, one.used) == 0);
    return 0;
}
