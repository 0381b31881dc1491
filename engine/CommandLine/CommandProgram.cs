using System.CommandLine;

namespace Engine.CommandLine;

/// <summary>Runs a program's command line. Turns any failure into an exit code and one line on stderr that begins with
/// the program's name.</summary>
/// <param name="name">The program's name on the command line.</param>
/// <param name="root">The program's commands.</param>
public sealed class CommandProgram(string name, RootCommand root)
{
    /// <summary>The time that a command has to end once it is asked to stop; work under way is delivered
    /// meanwhile.</summary>
    public TimeSpan TerminationTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the exit code of an exception other than <see cref="CommandException"/> whose message explains
    /// itself; null if the exception is unexpected.</summary>
    public Func<Exception, int?> ExitCodeOf { get; init; } =
        error => error is IOException or UnauthorizedAccessException ? ExitCodes.Failed : null;

    /// <summary>Runs a command line. Throws nothing.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel)
    {
        ParseResult parsed;
        try
        {
            // An id may begin with @: it isn't a file with more arguments.
            parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        }
        catch (InvalidOperationException error)
        {
            // A validator has read a value of the wrong type: the library throws then instead of reporting it.
            return End(context, UsageError.InWords(error.Message) + ".", ExitCodes.WrongUse);
        }

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
            return End(context, "cancelled.", ExitCodes.Failed);
        }
        catch (Exception error) when (ExitCodeOf(error) is { } code)
        {
            return End(context, error.Message, code);
        }
        catch (Exception error)
        {
            // An unexpected exception: print all of it for a bug report rather than abort.
            return End(context, $"unexpected error; please report it: {error}", ExitCodes.Failed);
        }
    }

    private int End(CommandContext context, string message, int exitCode)
    {
        context.Error.WriteLine($"{name}: {message}");
        return exitCode;
    }
}
