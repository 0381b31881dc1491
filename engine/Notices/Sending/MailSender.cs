using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Engine.Notices.Sending;

/// <summary>Sends notices by mail. The same notice always has the same Message-ID, so a mail server that sees it twice
/// can tell.</summary>
internal sealed class MailSender(NoticeOptions options, TimeProvider clock) : ISender
{
    private const int TimeoutMs = 10_000;

    public async Task<Outcome> SendAsync(Notice notice, CancellationToken cancel)
    {
        if (
            !MailboxAddress.TryParse(notice.Address, out MailboxAddress? to)
            || !to.Address.Contains('@', StringComparison.Ordinal)
        )
        {
            return Outcome.Refused("the address isn't a mail address");
        }

        using MimeMessage mail = MailOf(notice, to);
        using var client = new SmtpClient { Timeout = TimeoutMs };
        try
        {
            NoticeOptions.TrySplit(options.Smtp, out string host, out int port);
            await client.ConnectAsync(host, port, Security, cancel).ConfigureAwait(false);
            if (options.SmtpUser.Length > 0)
            {
                await client
                    .AuthenticateAsync(options.SmtpUser, options.SmtpPassword ?? "", cancel)
                    .ConfigureAwait(false);
            }

            await client.SendAsync(mail, cancel).ConfigureAwait(false);
        }
        catch (SmtpCommandException e)
        {
            // 4xx: later; 5xx: never (RFC 5321).
            string answer = $"{(int)e.StatusCode} {e.Message}";
            return (int)e.StatusCode >= 500 ? Outcome.Refused(answer) : Outcome.NotNow(answer);
        }
        catch (Exception e)
            when (e
                    is SocketException
                        or IOException
                        or ProtocolException
                        or AuthenticationException
                        or SslHandshakeException
                        or NotSupportedException
                        or TimeoutException
            )
        {
            return Outcome.NotNow(e.Message);
        }

        try
        {
            await client.DisconnectAsync(quit: true, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolException)
        {
            // The server has taken the mail.
        }

        return Outcome.Delivered;
    }

    private SecureSocketOptions Security =>
        options.SmtpSecurity switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };

    private MimeMessage MailOf(Notice notice, MailboxAddress to)
    {
        MailboxAddress from = MailboxAddress.Parse(options.From);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Identity)))[..32];
        var mail = new MimeMessage
        {
            Subject = notice.Title.Length > 0 ? notice.Title : notice.Meeting,
            Date = clock.GetUtcNow(),
            MessageId = $"{hash}@{from.Domain}",
            Body = new TextPart("plain") { Text = notice.Text },
        };
        mail.From.Add(from);
        mail.To.Add(to);
        // Out-of-office replies would only come back to the sender (RFC 3834).
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }
}
