using System.Net;
using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Web.Accounts;
using Engine.Web.Hosting;

namespace Engine.App.Http;

/// <summary>Where the HTTP server listens, and for whom.</summary>
/// <param name="Text">The address as given.</param>
/// <param name="End">The address.</param>
/// <param name="MayMove">Whether another port will do if this one is taken.</param>
/// <param name="Open">To whom endpoints are open while there has never been a user.</param>
/// <param name="Limits">How much the server takes at a time.</param>
internal sealed record HttpListen(string Text, IPEndPoint End, bool MayMove, OpenTo Open, RequestLimits Limits)
{
    /// <param name="asked">The address from the command line; null for engine.yaml's.</param>
    /// <exception cref="CommandException">The address can't be read.</exception>
    public static HttpListen Of(string? asked, EngineConfig config)
    {
        string text = asked ?? config.Http;
        if (!IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out IPEndPoint? end))
        {
            throw new CommandException(
                $"--http '{text}' is no host:port; the host is an address, such as 127.0.0.1 or 0.0.0.0.",
                ExitCodes.WrongUse
            );
        }

        bool isLoopback = IPAddress.IsLoopback(end.Address);
        HttpLimitsConfig limits = config.HttpLimits;
        return new HttpListen(
            text,
            end,
            MayMove: asked == null,
            config.HttpOpen ? OpenTo.Everyone
                : isLoopback ? OpenTo.ThisMachine
                : OpenTo.Nobody,
            RequestLimits.Of(limits.UnderWay, limits.PerToken, limits.PerAddress, isLoopback)
        );
    }

    /// <summary>Refuses to serve others than this machine while nobody could sign in.</summary>
    /// <exception cref="CommandException">There are no users.</exception>
    public void RequireUsers(AccountList accounts)
    {
        if (Open == OpenTo.Nobody && !accounts.HasUsers)
        {
            throw new CommandException(
                $"HTTP on {Text} can be reached from other machines, and there are no users: add the first with "
                    + "'engine user add NAME --role admin', listen on 127.0.0.1, or set http_open: true in engine.yaml "
                    + "to serve everyone.",
                ExitCodes.WrongUse
            );
        }
    }
}
