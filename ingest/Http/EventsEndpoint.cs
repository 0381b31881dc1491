using System.IO.Pipelines;
using System.Text.Json.Serialization;
using Engine.Client;
using Engine.Client.Checks;
using Engine.Workflows;
using Microsoft.AspNetCore.Http;

namespace Ingest.Http;

/// <summary>A problem with one event of a request.</summary>
/// <param name="Index">The index of the event, from 0.</param>
/// <param name="Reason">A reason of the contract, or <c>unavailable</c> if Kafka didn't accept the event.</param>
/// <param name="Detail">The field.</param>
/// <param name="Message">The problem in words.</param>
public sealed record EventError(int Index, string Reason, string? Detail, string Message);

/// <summary>The response to <c>POST /v1/events</c>.</summary>
/// <param name="Accepted">The number of events that Kafka has acknowledged.</param>
/// <param name="Errors">The problems of the other events.</param>
public sealed record EventsAnswer(int Accepted, IReadOnlyList<EventError> Errors);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(EventsAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary><c>POST /v1/events</c>: accepts one event, an array, or one event per line. Reports a problem for each bad
/// event, and confirms only events that Kafka has acknowledged. 202: all accepted; 207: some; 400: none; 503: Kafka is
/// unavailable, and the response lists the events that it didn't accept.</summary>
internal sealed class EventsEndpoint(EventPublisher publisher)
{
    internal const string Unavailable = "unavailable";

    /// <summary>The maximum size of a request, in bytes. The contract sets none; this one keeps requests from filling
    /// the memory.</summary>
    internal const long MaxBody = 64L * 1024 * 1024;

    internal async Task HandleAsync(HttpContext context)
    {
        bool lines =
            context.Request.ContentType is { } type
            && (
                type.Contains("ndjson", StringComparison.OrdinalIgnoreCase)
                || type.Contains("jsonl", StringComparison.OrdinalIgnoreCase)
            );
        var errors = new List<EventError>();
        var sent = new List<(int Index, Task<Acknowledged> Task)>();
        int index = 0;
        try
        {
            await foreach (
                Frame frame in FramesAsync(context.Request.BodyReader, lines, context.RequestAborted)
                    .ConfigureAwait(false)
            )
            {
                Take(frame, index++, sent, errors);
            }
        }
        catch (BadHttpRequestException error)
        {
            // The events read so far are already being sent, and the response has to say so.
            errors.Add(new EventError(index, Reasons.TooLarge, null, error.Message));
        }
        if (index == 0 && errors.Count == 0)
        {
            errors.Add(new EventError(0, Reasons.Malformed, null, "the request contains no event"));
        }

        int accepted = await AcknowledgeAsync(sent, errors).ConfigureAwait(false);
        errors.Sort((a, b) => a.Index.CompareTo(b.Index));
        await AnswerAsync(context, new EventsAnswer(accepted, errors)).ConfigureAwait(false);
    }

    /// <summary>Splits the data from a pipe into events.</summary>
    internal static async IAsyncEnumerable<Frame> FramesAsync(
        PipeReader body,
        bool lines,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var framing = new EventFraming(lines);
        var frames = new List<Frame>();
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancel).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                framing.Feed(piece.Span, frames);
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                framing.End(frames);
            }

            foreach (Frame frame in frames)
            {
                yield return frame;
            }

            frames.Clear();
            if (read.IsCompleted)
            {
                yield break;
            }
        }
    }

    internal void Take(Frame frame, int index, List<(int, Task<Acknowledged>)> sent, List<EventError> errors)
    {
        if (frame.Bytes is null)
        {
            errors.Add(
                new EventError(
                    index,
                    Reasons.TooLarge,
                    null,
                    $"an event may have at most {EventCheck.MaxBytes:N0} bytes"
                )
            );
            return;
        }
        CheckedEvent found = EventCheck.Inspect(frame.Bytes, WorkflowEvents.All);
        if (found.Reason is null)
        {
            sent.Add((index, publisher.SendAsync(new OutgoingRecord(found.Topic!, found.Key!, frame.Bytes))));
        }
        else
        {
            errors.Add(new EventError(index, found.Reason, found.Detail, Refusal.InWords(found, frame.Bytes)));
        }
    }

    internal static async Task<int> AcknowledgeAsync(
        List<(int Index, Task<Acknowledged> Task)> sent,
        List<EventError> errors
    )
    {
        int accepted = 0;
        foreach ((int at, Task<Acknowledged> task) in sent)
        {
            try
            {
                await task.ConfigureAwait(false);
                accepted++;
            }
            catch (NotAcknowledgedException error)
            {
                errors.Add(new EventError(at, Unavailable, null, error.Message));
            }
        }
        return accepted;
    }

    internal static Task AnswerAsync(HttpContext context, EventsAnswer answer)
    {
        bool away = answer.Errors.Any(error => error.Reason == Unavailable);
        context.Response.StatusCode =
            away ? StatusCodes.Status503ServiceUnavailable
            : answer.Errors.Count == 0 ? StatusCodes.Status202Accepted
            : answer.Accepted > 0 ? StatusCodes.Status207MultiStatus
            : StatusCodes.Status400BadRequest;
        if (away)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        return context.Response.WriteAsJsonAsync(answer, AnswerJson.Default.EventsAnswer);
    }
}
