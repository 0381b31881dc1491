using System.Text;
using Engine.Client.Checks;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate.Events;
using Ingest.Generate.Sessions;

namespace Ingest.Generate.Actors;

/// <summary>Producers with mistakes, whose events become dead letters: one kind of mistake per session. These sessions
/// have no clicks that count; the traffic adds a few of them.</summary>
internal static class Malformed
{
    internal const string Name = "malformed";

    /// <summary>The number of kinds of mistakes. The last kind is a value over 256 KiB, of which one is
    /// enough.</summary>
    internal const int Kinds = 9;

    internal static void Play(Session session, int kind)
    {
        Dice dice = session.Dice;
        ClickDraft click = MousePerson.Computer(session, session.World.PersonsAddress(dice)) with
        {
            Id = session.Id("m", 0),
            TimeMs = session.Times[0],
        };
        string good = Encoding.UTF8.GetString(session.Write(click));
        byte[] bytes = kind switch
        {
            0 => Encoding.UTF8.GetBytes(good[..dice.Whole(good.Length / 2, good.Length - 1)]),
            1 => Encoding.UTF8.GetBytes(good.Replace("\"campaign\"", "\"campain\"")),
            2 => Encoding.UTF8.GetBytes(good.Replace($"\"time\":{click.TimeMs}", $"\"time\":\"{click.TimeMs}\"")),
            3 => Encoding.UTF8.GetBytes(good.Replace($"\"ip\":\"{click.Ip}\"", "\"ip\":\"12\"")),
            4 => Encoding.UTF8.GetBytes(good.Replace("\"type\":\"click\"", "\"type\":\"clique\"")),
            5 => Encoding.UTF8.GetBytes(good.Replace(click.Id, "c {1}")),
            6 => Encoding.UTF8.GetBytes(
                $$"""{"type":"cursor-path","click":"{{click.Id}}","time":{{click.TimeMs}},"ip":"{{click.Ip}}","points":[[0,1,1],[20,2,2],[10,3,3]]}"""
            ),
            7 => [.. Encoding.UTF8.GetBytes(good[..^1]), .. ",\"note\":\""u8, 0xff, 0xfe, .. "\"}"u8],
            _ => Encoding.UTF8.GetBytes(good[..^1] + ",\"note\":\"" + new string('x', EventCheck.MaxBytes) + "\"}"),
        };
        session.AddRaw(bytes, kind == 6 ? "cursor-path" : "click", click.Ip, click.TimeMs, click.Id);
    }
}
