using System.Globalization;
using Confluent.Kafka;
using Engine.Partitions.Diagnostics;
using Engine.Web.Components;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Engine.Web.Hosting;

/// <summary>Answers requests that no endpoint has answered, and exceptions from endpoints: with a page for people, or
/// <c>{"error", "where"}</c> for programs. Logs errors that aren't the client's fault.</summary>
internal sealed class ErrorAnswers(ILogger log, TimeProvider clock)
{
    /// <summary>How to say who one is.</summary>
    public const string Challenge = "Bearer";

    /// <summary>While Redis or Kafka is away every request may fail: a line in so long is enough.</summary>
    private static readonly TimeSpan WarnEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _warning = new();
    private long? _warned;

    public async Task ApplyAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http).ConfigureAwait(false);
            if (IsUnanswered(http.Response))
            {
                await AnswerAsync(http, OfStatus(http.Response.StatusCode)).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone.
        }
        catch (Exception problem)
        {
            RefusedException refusal = Of(problem);
            Log(http.Request, refusal.Status, problem);
            if (http.Response.HasStarted)
            {
                // A partial response must not pass for a complete one.
                http.Abort();
                return;
            }

            http.Response.Clear();
            await AnswerAsync(http, refusal).ConfigureAwait(false);
        }
    }

    private void Log(HttpRequest request, int status, Exception problem)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            lock (_warning)
            {
                if (_warned is { } at && clock.GetElapsedTime(at) < WarnEvery)
                {
                    return;
                }

                _warned = clock.GetTimestamp();
            }

            log.RequestUnavailable(request.Method, request.Path, problem.Message);
        }
        else if (status >= StatusCodes.Status500InternalServerError)
        {
            log.RequestFailed(problem, request.Method, request.Path);
        }
    }

    private static bool IsUnanswered(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null };

    private static Task AnswerAsync(HttpContext http, RefusedException refusal)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.Vary = "Accept";
        if (RetryAfter(refusal.Status) is { } seconds)
        {
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        else if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            headers.WWWAuthenticate = Challenge;
        }

        IResult answer = Accepts.Html(http.Request)
            ? Page.Show<ErrorPage>(
                new
                {
                    Title = refusal.Title ?? TitleOf(refusal.Status),
                    Text = refusal.Message,
                    refusal.Next,
                },
                refusal.Status
            )
            : Answers.Error(refusal.Status, refusal.Message, refusal.Where ?? http.Request.Path.Value);
        return answer.ExecuteAsync(http);
    }

    /// <summary>Converts an exception to what the client may know, without internal details.</summary>
    private static RefusedException Of(Exception problem) =>
        problem switch
        {
            RefusedException refusal => refusal,
            BadHttpRequestException bad => new RefusedException(bad.StatusCode, bad.Message),
            EventNotTakenException why => Unavailable(
                $"The request could not be recorded: {why.Message}. Try again in a moment."
            ),
            RedisException or KafkaException or TimeoutException => Unavailable(
                "A required service isn't responding. Try again in a moment."
            ),
            _ => OfStatus(StatusCodes.Status500InternalServerError),
        };

    private static RefusedException Unavailable(string error) => new(StatusCodes.Status503ServiceUnavailable, error);

    private static RefusedException OfStatus(int status) =>
        new(
            status,
            status switch
            {
                StatusCodes.Status400BadRequest => "The request is malformed or incomplete.",
                StatusCodes.Status404NotFound => "There is nothing at this address. Check it for typing errors.",
                StatusCodes.Status405MethodNotAllowed => "This address doesn't support that method.",
                StatusCodes.Status500InternalServerError =>
                    "An unexpected error occurred. It has been logged. Try again in a moment.",
                _ => $"{TitleOf(status)}.",
            }
        );

    private static string TitleOf(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => "Invalid request",
            StatusCodes.Status401Unauthorized => "Sign-in required",
            StatusCodes.Status403Forbidden => "Access denied",
            StatusCodes.Status404NotFound => "Page not found",
            StatusCodes.Status405MethodNotAllowed => "Method not allowed",
            StatusCodes.Status413PayloadTooLarge => "Too much data",
            StatusCodes.Status429TooManyRequests => "Too many requests",
            StatusCodes.Status500InternalServerError => "Something went wrong",
            StatusCodes.Status503ServiceUnavailable => "Temporarily unavailable",
            _ => $"Error {status}",
        };

    /// <summary>The seconds after which to try again; null for none.</summary>
    private static int? RetryAfter(int status) =>
        status switch
        {
            StatusCodes.Status429TooManyRequests => 1,
            StatusCodes.Status503ServiceUnavailable => 5,
            _ => null,
        };
}
