using System.CommandLine;

namespace Engine.CommandLine;

/// <summary>
/// Runs a program's command line, and turns whatever ends it into one line on stderr, after the program's name, and an
/// exit code.
/// </summary>
/// <param name="name">The program, as it is called on the command line.</param>
/// <param name="root">Its commands.</param>
public sealed class CommandProgram(string name, RootCommand root)
{
    /// <summary>
    /// How long a command may take to end once it is told to stop; what is under way is delivered meanwhile.
    /// </summary>
    public TimeSpan TerminationTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The exit code of an exception that the program expects besides <see cref="CommandException"/>, and whose message
    /// says enough; null where it doesn't expect it.
    /// </summary>
    public Func<Exception, int?> ExitCodeOf { get; init; } =
        error => error is IOException or UnauthorizedAccessException ? ExitCodes.Failed : null;

    /// <summary>Runs a command line. Throws nothing.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return End(context, UsageError.Of(name, root, parsed), ExitCodes.WrongUse);
        }
        var invocation = new InvocationConfiguration
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TerminationTimeout,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancel).ConfigureAwait(false);
        }
        catch (CommandException failure)
        {
            return End(context, failure.Message, failure.ExitCode);
        }
        catch (OperationCanceledException)
        {
            return End(context, "stopped before the end.", ExitCodes.Failed);
        }
        catch (Exception error) when (ExitCodeOf(error) is { } code)
        {
            return End(context, error.Message, code);
        }
        catch (Exception error)
        {
            // Nobody foresaw it: what and where, for a report, in place of an abort.
            return End(context, $"it failed unexpectedly, please report this: {error}", ExitCodes.Failed);
        }
    }

    private int End(CommandContext context, string message, int exitCode)
    {
        context.Error.WriteLine($"{name}: {message}");
        return exitCode;
    }
}
