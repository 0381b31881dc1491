using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Models.Scoring;

/// <summary>
/// Reads and writes the artefact file, little-endian:
/// <code>
///  0  8 bytes   magic "ENGINEMF"
///  8  u16       format version: 1 for a forest alone, 2 with networks after it
/// 10  u16       0
/// 12  u32       bytes of JSON, j
/// 16  u32       bytes of forest and networks, f
/// 20  32 bytes  SHA-256 of bytes 0 to 19 and of everything from 52 on
/// 52  j bytes   header, JSON in UTF-8
/// ..  f bytes   forest: u32 features, f32 bias, u32 trees, and for each tree:
///               u16 nodes n, n u16 features, n f32 thresholds, n i16 left, n i16 right,
///               n f32 node values, n + 1 f32 leaves
///               networks, in format 2: u32 networks, and for each:
///               a f32 middle and then a f32 scale for each feature, u32 layers, and for each layer:
///               u32 outputs o, inputs * o f32 weights (input i to output j at i * o + j), o f32 biases
/// </code>
/// </summary>
internal static class ArtefactFile
{
    private const ushort ForestAlone = 1;
    private const ushort WithNetworks = 2;
    private const int Head = 52;
    private const int HashAt = 20;

    private static ReadOnlySpan<byte> Magic => "ENGINEMF"u8;

    public static byte[] Write(ArtefactHeader header, Ensemble ensemble)
    {
        header.Check();
        Forest forest = ensemble.Forest;
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, ArtefactJson.Default.ArtefactHeader);
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body))
        {
            writer.Write(forest.Features);
            writer.Write(forest.Bias);
            writer.Write(forest.Trees.Count);
            foreach (Tree tree in forest.Trees)
            {
                writer.Write((ushort)tree.Nodes);
                writer.Write(MemoryMarshal.AsBytes<ushort>(tree.Feature));
                writer.Write(MemoryMarshal.AsBytes<float>(tree.Threshold));
                writer.Write(MemoryMarshal.AsBytes<short>(tree.Left));
                writer.Write(MemoryMarshal.AsBytes<short>(tree.Right));
                writer.Write(MemoryMarshal.AsBytes<float>(tree.NodeValue));
                writer.Write(MemoryMarshal.AsBytes<float>(tree.LeafValue));
            }

            if (ensemble.Networks.Count > 0)
            {
                Write(writer, ensemble.Networks);
            }
        }

        byte[] trees = body.ToArray();
        var file = new byte[Head + json.Length + trees.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(
            file.AsSpan(8),
            ensemble.Networks.Count > 0 ? WithNetworks : ForestAlone
        );
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), json.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), trees.Length);
        json.CopyTo(file, Head);
        trees.CopyTo(file, Head + json.Length);
        Hash(file, file.AsSpan(HashAt, 32));
        return file;
    }

    public static (ArtefactHeader Header, Ensemble Ensemble) Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < Head || !file.StartsWith(Magic))
        {
            throw new ArtefactException(
                $"Not a model artefact: expected \"ENGINEMF\" and at least {Head} bytes, found "
                    + $"{file.Length} bytes."
            );
        }

        int format = BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        if (format is not (ForestAlone or WithNetworks))
        {
            throw new ArtefactException(
                $"An artefact of format {format}; this engine reads formats {ForestAlone} and {WithNetworks}. Train "
                    + $"the model again, or use the engine that it was trained for."
            );
        }

        long json = BinaryPrimitives.ReadUInt32LittleEndian(file[12..]),
            trees = BinaryPrimitives.ReadUInt32LittleEndian(file[16..]);
        if (Head + json + trees != file.Length)
        {
            throw new ArtefactException(
                $"The artefact should have {Head + json + trees} bytes but has {file.Length}: it was truncated or "
                    + $"extended. Copy it again."
            );
        }

        Span<byte> hash = stackalloc byte[32];
        Hash(file, hash);
        if (!hash.SequenceEqual(file.Slice(HashAt, 32)))
        {
            throw new ArtefactException(
                "The artefact is damaged: its checksum doesn't match its content. Copy it again."
            );
        }

        ArtefactHeader header = ReadHeader(file.Slice(Head, (int)json));
        ReadOnlySpan<byte> rest = file[(Head + (int)json)..];
        Forest forest = ReadForest(ref rest);
        IReadOnlyList<Network> networks = format == WithNetworks ? ReadNetworks(ref rest, forest.Features) : [];
        if (!rest.IsEmpty)
        {
            throw new ArtefactException($"{rest.Length} bytes follow the artefact's last tree or network.");
        }

        return header.Features.Count == forest.Features
            ? (header, new Ensemble(forest, networks))
            : throw new ArtefactException(
                $"The artefact names {header.Features.Count} features and its forest has {forest.Features}. Train "
                    + $"it again."
            );
    }

    private static ArtefactHeader ReadHeader(ReadOnlySpan<byte> json)
    {
        try
        {
            ArtefactHeader header = JsonSerializer.Deserialize(json, ArtefactJson.Default.ArtefactHeader)
                ?? throw new JsonException("null");
            header.Check();
            return header;
        }
        catch (JsonException e)
        {
            throw new ArtefactException($"The artefact's header isn't valid: {e.Message}", e);
        }
    }

    private static Forest ReadForest(ref ReadOnlySpan<byte> bytes)
    {
        int features = BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, 4));
        float bias = BinaryPrimitives.ReadSingleLittleEndian(Take(ref bytes, 4));
        int count = BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, 4));
        var trees = new List<Tree>();
        for (int i = 0; i < count; i++)
        {
            int n = BinaryPrimitives.ReadUInt16LittleEndian(Take(ref bytes, 2));
            trees.Add(
                new Tree(
                    Take<ushort>(ref bytes, n),
                    Take<float>(ref bytes, n),
                    Take<short>(ref bytes, n),
                    Take<short>(ref bytes, n),
                    Take<float>(ref bytes, n),
                    Take<float>(ref bytes, n + 1)
                )
            );
        }

        return new Forest(trees, features, bias);
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<Network> networks)
    {
        writer.Write(networks.Count);
        foreach (Network network in networks)
        {
            writer.Write(MemoryMarshal.AsBytes<float>([.. network.Middle, .. network.Scale]));
            writer.Write(network.Layers.Count);
            foreach (DenseLayer layer in network.Layers)
            {
                writer.Write(layer.Outputs);
                writer.Write(MemoryMarshal.AsBytes<float>(layer.Weights));
                writer.Write(MemoryMarshal.AsBytes<float>(layer.Bias));
            }
        }
    }

    private static List<Network> ReadNetworks(ref ReadOnlySpan<byte> bytes, int features)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, 4));
        var networks = new List<Network>();
        for (int n = 0; n < count; n++)
        {
            float[] middle = Take<float>(ref bytes, features),
                scale = Take<float>(ref bytes, features);
            var layers = new List<DenseLayer>();
            int depth = BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, 4));
            for (int l = 0, inputs = features; l < depth; l++)
            {
                int outputs = BinaryPrimitives.ReadInt32LittleEndian(Take(ref bytes, 4));
                if (outputs is < 1 or > Network.MaxWidth)
                {
                    throw new ArtefactException(
                        $"Layer {l} of network {n} has {outputs} outputs: expected 1 to {Network.MaxWidth}. Train "
                            + $"it again."
                    );
                }

                layers.Add(
                    new DenseLayer(outputs, Take<float>(ref bytes, inputs * outputs), Take<float>(ref bytes, outputs))
                );
                inputs = outputs;
            }

            networks.Add(new Network(middle, scale, layers));
        }

        return networks;
    }

    private static T[] Take<T>(ref ReadOnlySpan<byte> bytes, int count)
        where T : unmanaged
    {
        var items = new T[count];
        Take(ref bytes, count * Marshal.SizeOf<T>()).CopyTo(MemoryMarshal.AsBytes(items.AsSpan()));
        return items;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
        {
            throw new ArtefactException("The artefact's trees or networks end too early. Train it again.");
        }

        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static void Hash(ReadOnlySpan<byte> file, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(file[..HashAt]);
        sha.AppendData(file[Head..]);
        sha.GetHashAndReset(hash);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ArtefactHeader))]
internal sealed partial class ArtefactJson : JsonSerializerContext;
