using System.Net;
using Engine.Configuration;
using Engine.Configuration.Connections;
using MimeKit;

namespace Engine.Notices;

/// <summary>How the connection to the mail server is secured.</summary>
public enum MailSecurity
{
    /// <summary>Plain at first, then TLS, which the server must offer.</summary>
    StartTls,

    /// <summary>TLS from the start.</summary>
    Tls,

    /// <summary>None: for a server on this machine.</summary>
    None,
}

/// <summary>How notices are delivered: <c>notify</c> in engine.yaml. A channel that isn't set up fails, so that the
/// next one is tried.</summary>
public sealed class NoticeOptions
{
    private const string Section = "notify";

    private const int MinKeyBytes = 32;

    /// <summary>The mail server, <c>host:port</c>; empty for none.</summary>
    public string Smtp { get; init; } = "";

    public MailSecurity SmtpSecurity { get; init; }

    public string SmtpUser { get; init; } = "";

    public string? SmtpPassword { get; init; }

    /// <summary>The sender's address: <c>Incidents &lt;incidents@corp.example&gt;</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>The gateway that chat messages are posted to; null for none.</summary>
    public Uri? Chat { get; init; }

    /// <summary>The gateway that phone calls are posted to; null for none.</summary>
    public Uri? Phone { get; init; }

    /// <summary>The key that signs what is posted; null signs nothing.</summary>
    public string? Key { get; init; }

    /// <summary>Private networks that webhooks of invitees may reach.</summary>
    public IReadOnlyList<IPNetwork> Allowed { get; init; } = [];

    /// <summary>Reads the section.</summary>
    /// <param name="folder">The folder of engine.yaml, which files are relative to.</param>
    /// <exception cref="ConfigException">A field can't be used.</exception>
    public static NoticeOptions Read(YamlFields fields, string folder)
    {
        var own = new ConnectionFields(Section, fields, folder);
        var options = new NoticeOptions
        {
            Smtp = own.Text("smtp"),
            SmtpSecurity = SecurityOf(fields.Text("smtp_security", "starttls")),
            SmtpUser = own.Text("smtp_user"),
            SmtpPassword = own.Secret("smtp_password"),
            From = own.Text("from"),
            Chat = Gateway("chat", own.Text("chat")),
            Phone = Gateway("phone", own.Text("phone")),
            Key = own.Secret("webhook_key"),
            Allowed = [.. fields.Texts("allow", []).Select(Network)],
        };
        own.End();
        if (options.Smtp.Length > 0 && options.From.Length == 0)
        {
            throw new ConfigException($"{Section}.from is empty; mail needs a sender's address");
        }

        if (options.From.Length > 0 && !MailboxAddress.TryParse(options.From, out _))
        {
            throw new ConfigException($"{Section}.from is '{options.From}'; expected Name <address@domain>");
        }

        if (options.Smtp.Length > 0 && !TrySplit(options.Smtp, out _, out _))
        {
            throw new ConfigException($"{Section}.smtp is '{options.Smtp}'; expected host:port");
        }

        if (options.Key is { } key && key.Length < MinKeyBytes)
        {
            throw new ConfigException(
                $"{Section}.webhook_key has {key.Length} letters; expected at least {MinKeyBytes} (openssl rand "
                    + "-hex 32)"
            );
        }

        return options;
    }

    /// <summary>Splits <c>host:port</c>.</summary>
    public static bool TrySplit(string address, out string host, out int port)
    {
        int colon = address.LastIndexOf(':');
        (host, port) = (colon < 0 ? address : address[..colon].Trim('[', ']'), 0);
        return colon > 0
            && int.TryParse(
                address.AsSpan(colon + 1),
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out port
            )
            && port is >= 1 and <= 65535;
    }

    private static MailSecurity SecurityOf(string word) =>
        word switch
        {
            "starttls" => MailSecurity.StartTls,
            "tls" => MailSecurity.Tls,
            "none" => MailSecurity.None,
            _ => throw new ConfigException($"{Section}.smtp_security is '{word}'; expected starttls, tls or none"),
        };

    private static Uri? Gateway(string name, string text) =>
        text.Length == 0 ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" ? uri
        : throw new ConfigException($"{Section}.{name} is '{text}'; expected an http or https address");

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network)
            ? network
            : throw new ConfigException($"{Section}.allow has '{text}'; expected a network such as 10.1.0.0/16");
}
