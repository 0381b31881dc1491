using System.Text;
using Examples.Client;

switch (args)
{
    case ["publish", string kafka, string json]:
        await Publishing.RunAsync(kafka, Encoding.UTF8.GetBytes(json));
        return 0;
    case ["verdict", string redis, string click]:
        await LookingUp.RunAsync(redis, click);
        return 0;
    default:
        Console.Error.WriteLine("client-example publish KAFKA EVENT | verdict REDIS CLICK");
        return 2;
}
